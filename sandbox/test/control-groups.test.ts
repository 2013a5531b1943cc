import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MiB } from '@nbpulse/schema/wire';
import { openControlGroups, type ControlGroup, type GroupMemory } from '../src/bubblewrap/control-groups.js';

const groups = await openControlGroups();
const wide = { memoryBytes: 1_024 * MiB, pids: 64, cpus: 1 };

/** What a group says after a program in it has asked for so much memory. */
async function afterUsing(bytes: number, group: ControlGroup): Promise<GroupMemory> {
  const join = group.procsPaths.map((path) => `echo $$ >${path}`).join(' && ');
  const hog = spawn('/bin/sh', ['-c', `${join} && exec python3 -c 'x = b"x" * ${bytes}'`], { stdio: 'ignore' });
  await once(hog, 'close');
  return group.memory();
}

describe.skipIf(groups?.version !== 1)('a control group', () => {
  it('tells who used the memory up: the run itself, nobody, or the host', async () => {
    if (!groups) throw new Error('there are none');
    const narrow = await groups.make({ ...wide, memoryBytes: 100 * MiB });
    try {
      expect(await afterUsing(300 * MiB, narrow)).toMatchObject({ outOfMemory: true, hostOutOfMemory: false });
    } finally {
      await narrow.remove();
    }
    const enough = await groups.make(wide);
    const folder = dirname(dirname(enough.procsPaths.find((path) => path.includes('/memory/')) ?? ''));
    try {
      const memory = await afterUsing(200 * MiB, enough);
      expect(memory).toMatchObject({ outOfMemory: false, hostOutOfMemory: false });
      expect(memory.peakBytes).toBeGreaterThan(200 * MiB);
    } finally {
      await enough.remove();
    }

    // In the host's place a group above, which has less than the run may take.
    const host = join(folder, `nbpulse-test-host-${process.pid}`);
    await mkdir(host);
    try {
      await writeFile(join(host, 'memory.limit_in_bytes'), String(200 * MiB));
      // Groups are made below the one in which this process is at that moment.
      await writeFile(join(host, 'cgroup.procs'), String(process.pid));
      const below = await openControlGroups().finally(() =>
        writeFile(join(folder, 'cgroup.procs'), String(process.pid)),
      );
      const run = await below?.make(wide);
      if (!run) throw new Error('no group below');
      expect(run.procsPaths.some((path) => path.startsWith(host))).toBe(true);
      try {
        expect(await afterUsing(600 * MiB, run)).toMatchObject({ outOfMemory: false, hostOutOfMemory: true });
      } finally {
        await run.remove();
      }
    } finally {
      await rmdir(host);
    }
    expect(await readFile('/proc/self/cgroup', 'utf8')).not.toContain('nbpulse-test-host');
  });
});
