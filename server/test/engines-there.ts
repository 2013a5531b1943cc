/** The grading image for tests with a Docker engine: the one that the sandbox's own tests use. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chooseEngine, sandboxConfig, type EngineName } from '@nbpulse/sandbox';
import { MiB } from '@nbpulse/schema/wire';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Of the engine that `DOCKER_HOST` names; `npm test` starts one where it can. */
export const dockerSocket = (): string =>
  (process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock').replace(/^unix:\/\//, '');

/** A lock keeps several files of tests from making it at once. What is missing for it is told by the engine afterwards. */
async function makeGradingImage(): Promise<void> {
  if (!existsSync(dockerSocket())) return;
  const kept = process.env.NBPULSE_TEST_FOLDER ?? join(root, '.nbpulse/test');
  await mkdir(kept, { recursive: true });
  const script = join(root, 'sandbox/images/build-image.mjs');
  const args = [join(kept, 'lock'), process.execPath, script, '--from-root', join(kept, 'grading-root')];
  await promisify(execFile)('flock', args, { maxBuffer: 16 * MiB }).catch(() => undefined);
}

/** Whether this engine grades here. What is not tested without it is reported, with the cure. */
export async function hasEngine(name: EngineName, tested: string): Promise<boolean> {
  if (name === 'docker') await makeGradingImage();
  const chosen = await chooseEngine({ ...sandboxConfig(process.env), engine: name });
  await chosen.engine?.close();
  if (chosen.engine) return true;
  const { NBPULSE_SKIPS } = process.env;
  const [refused] = chosen.refused;
  const cure = refused?.cure ?? `apt-get install ${name === 'docker' ? 'docker.io mmdebstrap' : 'bubblewrap'}`;
  const line = { what: `${name}: ${tested} was not tested: ${refused?.reason ?? 'it is not there'}`, cure };
  if (NBPULSE_SKIPS) await appendFile(NBPULSE_SKIPS, `${JSON.stringify(line)}\n`);
  return false;
}
