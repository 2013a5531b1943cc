/**
 * How long a pair on Docker takes to be ready, and what it costs: `node sandbox/dist/bench/start-docker.js --pairs 20` after
 * `npm run build`. The cold start is the baseline, as in `start-pair.ts`; a pair started ahead was made before it is timed.
 * CPU time is that of the containers, the making of a pair started ahead included, and of this process; the daemon's own
 * is left out. It wants root and the cpuacct control group.
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { openDocker } from '../src/docker/docker-engine.js';
import { sandboxConfig } from '../src/environment.js';
import { printStarts, startOne, type Start } from './starts.js';

const { values } = parseArgs({ options: { pairs: { type: 'string', default: '20' } } });
const pairs = Number(values.pairs);

/** What has ended stays in the account of the group above. */
async function cpuMs(): Promise<number> {
  const own = process.cpuUsage();
  const text = await readFile('/sys/fs/cgroup/cpuacct/docker/cpuacct.usage', 'utf8').catch(() => 'NaN');
  return Number(text) / 1e6 + (own.user + own.system) / 1000;
}

const config = sandboxConfig(process.env);
const cold = await openDocker({ ...config, warmStart: 'off' });
// It makes pairs only when it is told to, and takes the programs of this bench.
const pool = { quietMs: 2 ** 30, mostPairs: 1, takes: () => true };
const warm = await openDocker({ ...config, warmStart: 'auto' }, undefined, pool);
try {
  const starts: { cold: Start[]; ahead: Start[] } = { cold: [], ahead: [] };
  for (let round = 0; round < pairs; round += 1) {
    starts.cold.push(await startOne(cold, cpuMs));
    starts.ahead.push(await startOne(warm, cpuMs, async () => warm.ahead?.filled()));
  }
  printStarts(warm, pairs, starts);
} finally {
  await Promise.all([cold.close(), warm.close()]);
}
