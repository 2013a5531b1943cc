import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { defaultRunLimits } from '@nbpulse/schema/wire';
import { openBubblewrap } from '../src/bubblewrap/bubblewrap-engine.js';
import { packageFolder } from '../src/stage.js';
import { hasBubblewrap, testConfig } from './available-engines.js';

const works = await hasBubblewrap();
const config = testConfig();

/** Waits for a condition; the time is only there to fail. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  const giveUpAt = Date.now() + 60_000;
  while (!(await condition())) {
    if (Date.now() > giveUpAt) throw new Error('not within 60 s');
    await delay(20);
  }
}

async function processesWith(mark: string): Promise<number> {
  let count = 0;
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const commandLine = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (commandLine.includes(`#${mark}`)) count += 1;
  }
  return count;
}

describe.skipIf(!works)('a worker that is killed in the middle of a run', () => {
  it.each(['auto', 'off'] as const)(
    'leaves no process, and the next one sweeps the rest (cgroups: %s)',
    async (cgroups) => {
      const mark = `nbpulse-abandoned-${process.pid}-${cgroups}`;
      const settings = JSON.stringify({
        config: { ...config, engine: 'bubblewrap', cgroups },
        mark,
        limits: defaultRunLimits,
      });
      const script = join(packageFolder, 'test', 'abandoned-run.mjs');
      const worker = spawn(process.execPath, [script, settings], { stdio: ['ignore', 'pipe', 'inherit'] });
      const ended = once(worker, 'close');
      try {
        const [said] = (await once(worker.stdout, 'data')) as [Buffer];
        expect(said.toString()).toBe('running\n');
        expect(await processesWith(mark)).toBeGreaterThan(0);
      } finally {
        worker.kill('SIGKILL');
        await ended;
      }
      await until(async () => (await processesWith(mark)) === 0);

      const left = async (): Promise<string[]> => [
        ...(await readdir(tmpdir())).filter((name) =>
          new RegExp(`^nbpulse-(run|stage|nursery)-${worker.pid ?? 0}-`).test(name),
        ),
        ...(await readdir('/sys/fs/cgroup', { recursive: true }).catch(() => [])).filter((path) =>
          path.includes(`/nbpulse-${worker.pid ?? 0}-`),
        ),
      ];
      expect((await left()).length).toBeGreaterThan(0);
      const next = await openBubblewrap({ ...config, cgroups });
      await next.close();
      expect(await left()).toEqual([]);
    },
  );
});
