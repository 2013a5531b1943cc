/** One start of a pair, timed, and how many of them are printed: the same for both engines. */
import { once } from 'node:events';
import { cpus, loadavg } from 'node:os';
import { defaultRunLimits, MiB } from '@nbpulse/schema/wire';
import type { Engine, Role } from '../src/engine.js';

const imports = {
  oracle: 'pytest, numpy, pandas, matplotlib.pyplot',
  probe: 'IPython, numpy, pandas, matplotlib.pyplot',
};
const argv = (role: Role): string[] => [
  ...['python3', '-I', '-c'],
  `import ${imports[role]}; print("ready", flush=True)`,
];

export interface Start {
  /** From `start()` to the line of the slower one. */
  readyMs: number;
  /** Until `start()` resolves: all walls of a warm pair are up then, a cold one has only begun. */
  resolvedMs: number;
  /** Of everything that the pair needed, its end included; NaN where it can't be told. */
  cpuMs: number;
}

/**
 * A pair that imports what grading imports, prints a line and ends.
 * @param cpuMs what has been used until now.
 * @param begin what belongs to its costs, not to its time: `startOne` waits for it first.
 */
export async function startOne(
  engine: Engine,
  cpuMs: () => Promise<number>,
  begin: () => Promise<void> = () => Promise.resolve(),
): Promise<Start> {
  const before = await cpuMs();
  await begin();
  const began = performance.now();
  const limits = defaultRunLimits;
  const pair = await engine.start({ oracleArgv: argv('oracle'), probeArgv: argv('probe'), limits, data: [] });
  const resolvedMs = performance.now() - began;
  const both = [pair.oracle, pair.probe];
  const said = both.map(({ stdout }) => once(stdout, 'data'));
  for (const { stdout, stderr } of both) {
    stdout.resume();
    stderr.resume();
  }
  await Promise.all(said);
  const readyMs = performance.now() - began;
  await Promise.all(both.map(({ exited }) => exited));
  await pair.release();
  return { readyMs, resolvedMs, cpuMs: (await cpuMs()) - before };
}

/** The machine, what was measured, each way's figures, and the ratio of the first way to the last. */
export function printStarts(engine: Engine, pairs: number, starts: Readonly<Record<string, readonly Start[]>>): void {
  const { memoryBytes, cpus: cores } = defaultRunLimits;
  console.log(`${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${cpus().length} cores, Node ${process.versions.node}`);
  console.log(`load average ${loadavg()[0]?.toFixed(1) ?? '?'}; tier ${engine.tier}; ${pairs} pairs each, in turns`);
  console.log(engine.description);
  console.log(`limits ${memoryBytes / MiB} MiB and ${cores} core each; oracle imports ${imports.oracle};`);
  console.log(`probe imports ${imports.probe}\n`);
  const medians = Object.entries(starts).map(([way, all]) => {
    const ready = all.map(({ readyMs }) => readyMs);
    const resolved = all.map(({ resolvedMs }) => resolvedMs);
    const cpu = all.map((start) => start.cpuMs);
    console.log(
      [
        `${way}: ready p50 ${at(ready, 0.5).toFixed(0)} ms, p95 ${at(ready, 0.95).toFixed(0)} ms`,
        `start() p50 ${at(resolved, 0.5).toFixed(0)} ms, p95 ${at(resolved, 0.95).toFixed(0)} ms`,
        `CPU per pair p50 ${at(cpu, 0.5).toFixed(0)} ms, p95 ${at(cpu, 0.95).toFixed(0)} ms`,
      ].join('; '),
    );
    return { ready: at(ready, 0.5), cpu: at(cpu, 0.5) };
  });
  const [slow, fast] = [medians[0], medians.at(-1)];
  if (!slow || !fast) return;
  console.log(`\nratio: ready ${(slow.ready / fast.ready).toFixed(1)}, CPU ${(slow.cpu / fast.cpu).toFixed(1)}`);
}

function at(numbers: readonly number[], share: number): number {
  return [...numbers].sort((a, b) => a - b)[Math.max(0, Math.ceil(share * numbers.length) - 1)] ?? NaN;
}
