/** What the text of an assignment tells, read by Python in the sandbox: `harness/reading.py` has the patterns. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { defaultRunLimits, MiB, second, type AssignmentFile, type AssignmentManifest } from '@nbpulse/schema/wire';
import { EngineFault, type Engine } from '../engine.js';
import { encodeFrame, FrameReader } from '../frames.js';
import { plainText } from '../plain-text.js';
import { runPair } from '../run-pair.js';

const told = z.string().transform((text) => plainText(text, 300));
const place = { file: told, line: z.int().nullable() };
const assignmentReading = z.object({
  nonce: z.string(),
  /** Packages that the assignment imports and the environment lacks, each with the first file that imports it. */
  missing: z.array(z.object({ name: told, file: told })).max(500),
  /** What reads as if tests and submission were one process. */
  findings: z
    .array(
      z.object({
        kind: z.enum(['starts-a-process', 'pickles', 'exact-types', 'overlapping-threads', 'random-on-both-sides']),
        test: told.nullable(),
        what: told,
        ...place,
      }),
    )
    .max(200),
  /** Test files that are no Python. */
  broken: z.array(z.object({ why: told, ...place })).max(500),
  /** The suite without its hidden tests, cut from the text; null text: the file as it is. Null: nothing to cut, or it could not be. */
  visible: z
    .array(z.object({ path: z.string().max(200), text: z.string().nullable() }))
    .max(500)
    .nullable(),
});
export type AssignmentReading = z.infer<typeof assignmentReading>;

const wallMs = 60 * second;
const answerBytes = 4 * MiB;

/**
 * @param tests the files that hold tests; `notebooks`: the author's solution and template
 * @throws EngineFault when the sandbox did not answer; the signal's reason when aborted.
 */
export async function readAssignment(
  engine: Engine,
  manifest: AssignmentManifest,
  given: { tests: readonly AssignmentFile[]; notebooks: readonly AssignmentFile[]; paths: readonly string[] },
  signal?: AbortSignal,
): Promise<AssignmentReading> {
  const nonce = randomBytes(16).toString('hex');
  const reader = new FrameReader(answerBytes);
  const answers: unknown[] = [];
  const { oracle } = await runPair(
    engine,
    {
      oracleArgv: ['python3', '-I', '/harness/reading.py'],
      probeArgv: ['sleep', String(wallMs / second)],
      limits: { ...defaultRunLimits, wallMs },
      data: [],
    },
    {
      oracleStdin: encodeFrame({ nonce, module: manifest.module, ...given }),
      probeStdin: Buffer.alloc(0),
      oracleStdoutBytes: answerBytes,
      wallMs,
      signal,
      onOracleStdout: (chunk) => answers.push(...reader.push(chunk)),
    },
  );
  signal?.throwIfAborted();
  const parsed = assignmentReading.safeParse(answers[0]);
  if (parsed.success && parsed.data.nonce === nonce) return parsed.data;
  const said = oracle.stderr.subarray(-2_000).toString('utf8').trim();
  throw new EngineFault(`The assignment's files could not be read in the sandbox (exit ${oracle.exitCode}). ${said}`);
}
