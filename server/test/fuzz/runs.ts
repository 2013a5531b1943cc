/**
 * How long and with which seed the doors are fuzzed. Each test says its seed; a failing run is repeated by
 *
 *     NBPULSE_FUZZ_SEED=123 npx vitest run server/test/fuzz
 *
 * and a long one, before a release, is `NBPULSE_FUZZ=20 …`: twenty times as many runs.
 */
import fc from 'fast-check';

const wanted = process.env['NBPULSE_FUZZ_SEED'] ?? '';
const seed = /^\d+$/.test(wanted) ? Number(wanted) : Date.now() % 2 ** 31;
const times = Math.max(1, Number(process.env['NBPULSE_FUZZ'] ?? 1));

/** On a machine that is busy, fewer runs are done. */
const timeLimitMs = 20_000;

/** Time for one test, its last run and the looks before and after it included. */
export const fuzzTimeoutMs = 120_000 * times;

/**
 * Runs the property, and fails with what went wrong and how to repeat it; not with the whole input, which may be megabytes.
 * @param door what is fuzzed, for the log @param runs in `npm test`
 */
export async function fuzz<T>(door: string, runs: number, property: fc.IAsyncProperty<T>): Promise<void> {
  process.stdout.write(`fuzzing ${door}, NBPULSE_FUZZ_SEED=${seed}\n`);
  const plugins = [fc.interruptAfterTimeLimit(timeLimitMs * times)];
  const details = await fc.check(property, { seed, numRuns: Math.round(runs * times), endOnFailure: true, plugins });
  process.stdout.write(`fuzzed ${door}: ${details.numRuns} runs\n`);
  if (!details.failed) return;
  const why = details.errorInstance instanceof Error ? details.errorInstance.message : 'it failed';
  const path = details.counterexamplePath ?? '';
  throw new Error(`NBPULSE_FUZZ_SEED=${seed}, path ${path}: ${why.slice(0, 1_500)}`, { cause: details.errorInstance });
}
