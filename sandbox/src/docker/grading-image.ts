/**
 * The grading image's name. Its tag is a hash of what it is made from, so a changed requirement is another image, and an
 * image that is there is the right one. `images/build-image.mjs` computes the same (a test compares the two).
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../stage.js';

export const imageInputs = ['Dockerfile', 'requirements.txt', 'build-image.mjs'] as const;

export function defaultGradingImage(): string {
  const hash = createHash('sha256');
  for (const name of imageInputs) {
    hash.update(`${name}\0`);
    hash.update(readFileSync(join(packageFolder, 'images', name)));
  }
  return `nbpulse-grading:${hash.digest('hex').slice(0, 12)}`;
}

export const buildImageCure = 'Build it (about 30 s): node sandbox/images/build-image.mjs';
