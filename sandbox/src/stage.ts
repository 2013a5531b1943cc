/**
 * What all runs of one engine share, read-only: the harness with the encoders of the kernel package (`harness/encoders`), and
 * the `passwd` and `group` of the composed root. A copy in
 * the temporary folder, because a checkout below `/root` or a 0700 home is out of reach for the sandboxes' uids.
 */
import { chmod, cp, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ownMark } from './owner-mark.js';

export interface Stage {
  path: string;
  harnessPath: string;
  passwdPath: string;
  groupPath: string;
  remove(): Promise<void>;
}

/** The same file from `src` and from `dist`: found through the package's own name. */
export const packageFolder = dirname(createRequire(import.meta.url).resolve('@nbpulse/sandbox/package.json'));

/**
 * @param compile runs `python3 -m compileall` over the copy with the sandbox's interpreter: sandboxes have it read-only,
 * so what isn't compiled here is compiled again by each of them (some 25 ms). A failure only costs that time.
 */
export async function makeStage(
  harnessFolder: string = join(packageFolder, 'harness'),
  compile?: (harnessPath: string) => Promise<unknown>,
): Promise<Stage> {
  const path = await mkdtemp(join(tmpdir(), `nbpulse-stage-${await ownMark()}-`));
  try {
    const harnessPath = join(path, 'harness');
    await cp(harnessFolder, harnessPath, {
      recursive: true,
      filter: (source) => !/(^|\/)(__pycache__|\.[^/]+|tests?)$/.test(source.slice(harnessFolder.length)),
    });
    await copyEncoders(join(harnessPath, 'encoders', 'nbpulse'));
    const passwdPath = join(path, 'passwd');
    const groupPath = join(path, 'group');
    await writeFile(passwdPath, 'root:x:0:0::/:/bin/sh\nstudent:x:1000:1000::/tmp:/bin/sh\n');
    await writeFile(groupPath, 'root:x:0:\nstudent:x:1000:\n');
    await compile?.(harnessPath).catch(() => undefined);
    await makeReadable(path);
    return { path, harnessPath, passwdPath, groupPath, remove: () => rm(path, { recursive: true, force: true }) };
  } catch (error) {
    await rm(path, { recursive: true, force: true });
    throw error;
  }
}

/** The kernel package's own modules; a run of an author's notebook says so when they aren't there. */
async function copyEncoders(target: string): Promise<void> {
  const source = join(packageFolder, '..', 'extension', 'nbpulse');
  for (const name of await readdir(source).catch(() => [])) {
    if (name.endsWith('.py')) await cp(join(source, name), join(target, name));
  }
}

async function makeReadable(path: string): Promise<void> {
  if (!(await stat(path)).isDirectory()) return chmod(path, 0o644);
  await chmod(path, 0o755);
  for (const name of await readdir(path)) await makeReadable(join(path, name));
}
