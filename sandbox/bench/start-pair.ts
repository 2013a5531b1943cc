/**
 * How long a pair takes to be ready, and what it costs: `node sandbox/dist/bench/start-pair.js --pairs 50` after `npm run build`.
 *
 * Ready is a Python program in each of two bubblewrap sandboxes that has imported what grading imports there and printed a
 * line. The cold start is the baseline: the same machine, limits and programs, a fresh interpreter each. They take turns.
 * CPU time is that of everything a pair needs, this process included; it wants root and the cpuacct control group.
 */
import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { openBubblewrap } from '../src/bubblewrap/bubblewrap-engine.js';
import type { Engine } from '../src/engine.js';
import { sandboxConfig } from '../src/environment.js';
import { printStarts, startOne, type Start } from './starts.js';

const ways = ['cold', 'warm'] as const;
type Way = (typeof ways)[number];

const { values } = parseArgs({ options: { pairs: { type: 'string', default: '50' } } });
const pairs = Number(values.pairs);
/** This process steps into a way's group before it starts something; what it starts stays there. */
const accounts = `/sys/fs/cgroup/cpuacct/nbpulse-bench-${process.pid}`;
const accountOf = (way: Way): string => `${accounts}-${way}`;
const enter = (folder: string): Promise<void> => writeFile(`${folder}/cgroup.procs`, String(process.pid));
const cpuMs = async (way: Way): Promise<number> =>
  Number(await readFile(`${accountOf(way)}/cpuacct.usage`, 'utf8')) / 1e6;

async function openAccounts(): Promise<boolean> {
  try {
    for (const way of ways) await mkdir(accountOf(way));
    for (const way of ways) await enter(accountOf(way));
    return true;
  } catch {
    return false;
  }
}

async function closeAccounts(): Promise<void> {
  await enter('/sys/fs/cgroup/cpuacct');
  for (const way of ways) await rmdir(accountOf(way));
}

async function startIn(way: Way, engine: Engine, isAccounted: boolean): Promise<Start> {
  if (isAccounted) await enter(accountOf(way));
  return startOne(engine, () => (isAccounted ? cpuMs(way) : Promise.resolve(NaN)));
}

const config = sandboxConfig(process.env);
const isAccounted = await openAccounts();
const cold = await openBubblewrap({ ...config, warmStart: 'off' });
if (isAccounted) await enter(accountOf('warm'));
const warm = await openBubblewrap(config);
try {
  const beganWarming = performance.now();
  const why = await warm.whyCold();
  if (why !== undefined) throw new Error(`No warm start here: ${why}`);
  const warmingMs = performance.now() - beganWarming;
  const starts: Record<Way, Start[]> = { cold: [], warm: [] };
  for (let round = 0; round < pairs; round += 1) {
    starts.cold.push(await startIn('cold', cold, isAccounted));
    starts.warm.push(await startIn('warm', warm, isAccounted));
  }
  printStarts(warm, pairs, starts);
  console.log(`the warm parents took ${Math.round(warmingMs)} ms`);
} finally {
  await Promise.all([cold.close(), warm.close()]);
  if (isAccounted) await closeAccounts();
}
