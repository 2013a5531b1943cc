import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { defaultRunLimits } from '@nbpulse/schema/wire';
import { openBubblewrap, type BubblewrapEngine } from '../src/bubblewrap/bubblewrap-engine.js';
import { openControlGroups } from '../src/bubblewrap/control-groups.js';
import { hasBubblewrap, testConfig } from './available-engines.js';
import { engineContract } from './engine-contract.js';
import { openStarting } from './open-starting.js';

const works = await hasBubblewrap();
const config = testConfig();

describe.skipIf(works)('bubblewrap', () => {
  it.skip('does not work here; the end of the test run says why', () => undefined);
});

if (works) {
  for (const start of ['warm', 'cold'] as const) {
    if (await openControlGroups()) {
      engineContract({
        name: `bubblewrap, ${start} start`,
        tier: 'A',
        limitsInodes: true,
        open: () => openStarting(start, config),
        leftovers,
      });
    }
    engineContract({
      name: `bubblewrap, ${start} start`,
      tier: 'B',
      limitsInodes: true,
      open: () => openStarting(start, { ...config, cgroups: 'off' }),
      leftovers,
    });
  }
  engineContract({
    name: 'bubblewrap without unshare',
    tier: (await openControlGroups()) ? 'A' : 'B',
    limitsInodes: false,
    open: openWithoutUnshare,
    leftovers,
  });
}

/** A host on which bwrap may make namespaces and `unshare` may not, as with an AppArmor profile for bwrap alone. */
async function openWithoutUnshare(): Promise<BubblewrapEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'nbpulse-no-unshare-'));
  const path = process.env['PATH'] ?? '';
  await writeFile(join(folder, 'unshare'), '#!/bin/sh\necho "unshare failed: Operation not permitted" >&2\nexit 1\n', {
    mode: 0o755,
  });
  await chmod(folder, 0o755);
  process.env['PATH'] = `${folder}:${path}`;
  try {
    const engine = await openBubblewrap({ ...config, warmStart: 'off' });
    expect(engine.limitsInodes).toBe(false);
    return engine;
  } finally {
    process.env['PATH'] = path;
    await rm(folder, { recursive: true });
  }
}

/** What an engine of this process may leave on the host: control groups, and a nursery's folder. */
async function leftovers(): Promise<string[]> {
  const groups = await readdir('/sys/fs/cgroup', { recursive: true }).catch(() => []);
  const folders = await readdir(tmpdir());
  return [
    ...groups.filter((path) => path.includes(`/nbpulse-${process.pid}-`)),
    ...folders.filter((name) => name.startsWith(`nbpulse-nursery-${process.pid}-`)),
  ];
}

describe.skipIf(!works)('a bubblewrap sandbox that is killed while it starts', () => {
  it.each([
    ['auto', ['sleep', '60']],
    ['off', ['sleep', '60']],
    ['auto', ['python3', '-I', '-c', 'import time; time.sleep(60)']],
    ['off', ['python3', '-I', '-c', 'import time; time.sleep(60)']],
  ] as const)(
    'ends, whatever it was doing just then (cgroups: %s, %j)',
    { timeout: 120_000 },
    async (cgroups, argv) => {
      const engine = await openBubblewrap({ ...config, cgroups });
      const limits = defaultRunLimits;
      try {
        // Kills spread over the first 20 ms: in sh, setpriv, unshare, before and after bwrap has made its child.
        for (let step = 0; step < 40; step += 1) {
          const pair = await engine.start({ oracleArgv: argv, probeArgv: argv, limits, data: [] });
          await delay(step / 2);
          pair.oracle.kill();
          pair.probe.kill();
          await Promise.all([pair.oracle.exited, pair.probe.exited]);
          await pair.release();
        }
      } finally {
        await engine.close();
      }
    },
  );
});
