import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openBubblewrap, type BubblewrapEngine } from '../src/bubblewrap/bubblewrap-engine.js';
import { openControlGroups } from '../src/bubblewrap/control-groups.js';
import { hasBubblewrap, testConfig } from './available-engines.js';
import { engineContract } from './engine-contract.js';

const works = await hasBubblewrap();
const config = testConfig();

describe.skipIf(works)('bubblewrap', () => {
  it.skip('does not work here; the end of the test run says why', () => undefined);
});

if (works) {
  if (await openControlGroups()) {
    engineContract({
      name: 'bubblewrap',
      tier: 'A',
      limitsInodes: true,
      open: () => openBubblewrap(config),
      leftovers: ownControlGroups,
    });
  }
  engineContract({
    name: 'bubblewrap',
    tier: 'B',
    limitsInodes: true,
    open: () => openBubblewrap({ ...config, cgroups: 'off' }),
    leftovers: ownControlGroups,
  });
  engineContract({
    name: 'bubblewrap without unshare',
    tier: (await openControlGroups()) ? 'A' : 'B',
    limitsInodes: false,
    open: openWithoutUnshare,
    leftovers: ownControlGroups,
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
    const engine = await openBubblewrap(config);
    expect(engine.limitsInodes).toBe(false);
    return engine;
  } finally {
    process.env['PATH'] = path;
    await rm(folder, { recursive: true });
  }
}

async function ownControlGroups(): Promise<string[]> {
  const found = await readdir('/sys/fs/cgroup', { recursive: true }).catch(() => []);
  return found.filter((path) => path.includes(`/nbpulse-${process.pid}-`));
}
