/** An environment as an image: the grading image, and on top of it a venv at `/env` that `python3` on the PATH leads to. */
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { dockerClient } from '../docker/docker-engine.js';
import { EngineFault } from '../engine.js';
import type { SandboxConfig } from '../environment.js';

/** As `images/build-image.mjs` has it. */
const pythonVersion = '3.11';

/** The wrapper leaves the image's own interpreter where it is: a venv's link leads to it. */
const recipe = `ARG BASE
FROM \${BASE}
USER 0
COPY site /env/lib/python${pythonVersion}/site-packages
COPY python3 /env/python3
RUN real="$(python3 -c 'import os, sys; print(os.path.realpath(sys.executable))')" \\
 && mkdir -p /env/bin && ln -s "$real" /env/bin/python3 \\
 && printf 'home = %s\\ninclude-system-site-packages = false\\n' "$(dirname "$real")" > /env/pyvenv.cfg \\
 && mkdir -p /usr/local/bin && rm -f /usr/local/bin/python3 && cp /env/python3 /usr/local/bin/python3 && chmod 755 /usr/local/bin/python3 \\
 && { python3 -I -S -m compileall -q -j 0 /env/lib || true; }
USER 65534:65534
`;

export async function hasImage(config: SandboxConfig, tag: string): Promise<boolean> {
  return dockerClient(config.dockerHost)
    .getImage(tag)
    .inspect()
    .then(
      () => true,
      () => false,
    );
}

/** @param wishes `site`: the packages, in a folder that is used up. @throws EngineFault */
export async function buildEnvironmentImage(
  config: SandboxConfig,
  wishes: { tag: string; base: string; name: string; site: string },
): Promise<void> {
  const docker = dockerClient(config.dockerHost);
  const context = await mkdtemp(join(dirname(wishes.site), 'image-'));
  try {
    await rename(wishes.site, join(context, 'site'));
    await writeFile(join(context, 'Dockerfile'), recipe);
    await writeFile(join(context, 'python3'), '#!/bin/sh\nexec /env/bin/python3 "$@"\n');
    const stream = await docker.buildImage(
      { context, src: ['Dockerfile', 'python3', 'site'] },
      {
        t: wishes.tag,
        networkmode: 'none',
        rm: true,
        forcerm: true,
        buildargs: { BASE: wishes.base },
        labels: { 'nbpulse.environment': wishes.name },
      },
    );
    await new Promise<void>((resolve, reject) => {
      docker.modem.followProgress(stream, (error: Error | null, output: { error?: string }[] | null) => {
        const failed = output?.find((line) => line.error !== undefined)?.error;
        if (error ?? failed) reject(new EngineFault(`The image could not be built: ${failed ?? error?.message ?? ''}`));
        else resolve();
      });
    });
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}

export async function removeImage(config: SandboxConfig, tag: string): Promise<void> {
  await dockerClient(config.dockerHost)
    .getImage(tag)
    .remove({ force: true })
    .catch(() => undefined);
}
