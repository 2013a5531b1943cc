/** `nbpulse grade` as an ordinary user calls it: bubblewrap with what that user may do, and no more. Without root the other tests are that. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseEngine, sandboxConfig } from '@nbpulse/sandbox';
import { checkout } from '../surroundings.js';

/** Nobody's: no account, no group, no file on this host. */
const uid = 64_321;
const asUser = ['--reuid', String(uid), '--regid', String(uid), '--clear-groups', '--no-new-privs', process.execPath];
const program = join(checkout, 'server/cli/nbpulse.mjs');
const built = join(checkout, 'server/dist/cli/main.js');

const config = sandboxConfig({ ...process.env, NBPULSE_ENGINE: 'bubblewrap' });
const chosen = process.getuid?.() === 0 ? await chooseEngine(config) : { engine: undefined };
await chosen.engine?.close();
/** A checkout below a home of root's is closed to others, its Python as well. */
const mayRead = [program, built, config.gradingPython ?? ''].map((path) => `fs.accessSync(${JSON.stringify(path)})`);
const canRead = spawnSync('setpriv', [...asUser, '-e', `const fs = require('fs'); ${mayRead.join(';')}`]).status === 0;

describe.runIf(chosen.engine && canRead)('nbpulse grade without root', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nbpulse-unprivileged-'));
    await cp(join(checkout, 'examples/is-prime'), join(folder, 'is-prime'), { recursive: true });
    await chmod(folder, 0o755);
    await chown(folder, uid, uid);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('grades a folder that it may only read, in a sandbox of the user’s own', { timeout: 300_000 }, async () => {
    const argv = [program, 'grade', 'is-prime/submissions', '--tests', 'is-prime/tests.py', '--format', 'json'];
    const child = spawn('setpriv', [...asUser, ...argv], {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        NBPULSE_ENGINE: 'bubblewrap',
        NBPULSE_GRADING_PYTHON: config.gradingPython,
      },
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
    }
    const [code] = (await once(child, 'close')) as [number | null];
    expect([code, said]).toEqual([0, expect.stringContaining('3 submissions, 3 graded')]);
    // Beside the submissions this user may not write: the results are where the command was called.
    const { submissions } = JSON.parse(await readFile(join(folder, 'submissions-graded/results.json'), 'utf8')) as {
      submissions: { name: string; points: number }[];
    };
    expect(submissions.map(({ name, points }) => [name, points])).toEqual([
      ['anna.py', 10],
      ['ben.py', 3],
      ['chen.ipynb', 8],
    ]);
  });
});
