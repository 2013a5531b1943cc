/** A Docker engine that starts its pairs the one way, and no other by accident. */
import { expect } from 'vitest';
import { MiB } from '@nbpulse/schema/wire';
import { openDocker, type DockerEngine } from '../src/docker/docker-engine.js';
import type { AheadPool } from '../src/docker/ahead/pool.js';
import type { SandboxConfig } from '../src/environment.js';

export const openDockerCold = (config: SandboxConfig): Promise<DockerEngine> =>
  openDocker({ ...config, warmStart: 'off' });

/** Of `python3 -I`, everything: the contract's own programs try the walls of these containers too. */
const isPython = ([program, isolated]: readonly string[]): boolean => program === 'python3' && isolated === '-I';

export interface DockerAhead extends DockerEngine {
  readonly ahead: AheadPool;
  /** How many pairs were taken from those that waited. */
  taken(): number;
}

/**
 * Each run finds a waiting pair of its shape, if the pool takes such a run at all; closing it fails when none did.
 * @param programs `harness`: as a worker opens it; `python`: any program of Python's.
 */
export async function openDockerAhead(
  config: SandboxConfig,
  programs: 'harness' | 'python' = 'harness',
): Promise<DockerAhead> {
  // Made only when asked for: a test that measures is not disturbed.
  const pool = { mostPairs: 1, mostShapes: 1, quietMs: 2 ** 30, ...(programs === 'python' ? { takes: isPython } : {}) };
  const engine = await openDocker({ ...config, warmStart: 'auto' }, undefined, pool);
  const { ahead } = engine;
  if (!ahead) throw new Error('the pool is switched off');
  let taken = 0;
  const start: DockerEngine['start'] = async (request) => {
    if (request.limits.memoryBytes >= 256 * MiB) {
      ahead.want(request.limits);
      await ahead.filled();
    }
    const before = ahead.waiting;
    const pair = await engine.start(request);
    if (ahead.waiting < before) taken += 1;
    return pair;
  };
  const close = async (): Promise<void> => {
    await engine.close();
    expect(taken).toBeGreaterThan(0);
  };
  return { ...engine, ahead, start, close, taken: () => taken };
}
