/** What a worker is told: environment for what stays, flags for how long. Parsed once. */
import { hostname } from 'node:os';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { hour, minute, second } from '@nbpulse/schema/wire';

export interface WorkerSettings {
  /** `http://127.0.0.1:8420`, with the sub-path if there is one, without a slash at the end. */
  server: string;
  token: string;
  name: string;
  /** End after so long without a job; null: never. */
  untilIdleMs: number | null;
  /** Take no job after so long. */
  maxTimeMs: number | null;
  maxJobs: number | null;
  /** How many runs at a time; null: as many as this host has cores, where the kernel limits each run as a whole. */
  atOnce: number | null;
}

export const workerHelp = `nbpulse worker: grades submissions for a server, in a sandbox. It needs no database.

  --until-idle 5m   end when there was no job for so long
  --max-time 55m    take no new job after so long, then end
  --max-jobs 20     end after so many jobs

Environment:
  NBPULSE_SERVER         the server's address, such as http://127.0.0.1:8420
  NBPULSE_WORKER_TOKEN   this worker's token; npx nbpulse worker token makes one, on the server's host
  NBPULSE_WORKER_NAME    how staff see it (default: the host's name)
  NBPULSE_RUNS_AT_ONCE   how many runs at a time (default: one per core in tier A; in tier B always one)
  NBPULSE_ENGINE         bubblewrap, docker, none or auto (default); npx nbpulse doctor tells what works here
  NBPULSE_WARM_START     off: a fresh interpreter for each sandbox, slower, with nothing held in memory (default auto)
`;

const units: Record<string, number> = { s: second, m: minute, h: hour };
const duration = z
  .string()
  .regex(/^\d{1,6}(s|m|h)$/, 'a number and s, m or h, such as 5m')
  .transform((text) => Number(text.slice(0, -1)) * (units[text.slice(-1)] ?? second));

const environment = z.object({
  NBPULSE_SERVER: z
    .url({ protocol: /^https?$/, error: 'the address of the server, such as http://127.0.0.1:8420' })
    .transform((url) => url.replace(/\/+$/, '')),
  NBPULSE_WORKER_TOKEN: z
    .string({ error: 'the worker’s token; npx nbpulse worker token makes one, on the server’s host' })
    .min(20),
  NBPULSE_WORKER_NAME: z.string().trim().min(1).max(60).optional(),
  NBPULSE_RUNS_AT_ONCE: z.coerce
    .number()
    .int({ error: 'how many runs at a time: a whole number from 1 to 100' })
    .min(1)
    .max(100)
    .optional(),
});
const flags = z.object({
  'until-idle': duration.optional(),
  'max-time': duration.optional(),
  'max-jobs': z.coerce.number().int().positive().optional(),
});

/** The settings, or what is wrong with them, a line each. */
export function workerSettings(env: NodeJS.ProcessEnv, argv: string[]): WorkerSettings | { problems: string[] } {
  let values: Record<string, unknown>;
  try {
    ({ values } = parseArgs({
      args: argv,
      options: {
        'until-idle': { type: 'string' },
        'max-time': { type: 'string' },
        'max-jobs': { type: 'string' },
      },
    }));
  } catch (error) {
    return { problems: [error instanceof Error ? error.message : String(error)] };
  }
  const given = environment.safeParse(env);
  const limits = flags.safeParse(values);
  if (!given.success || !limits.success) {
    const issues = [
      ...(given.error?.issues ?? []).map((issue) => `${issue.path.join('.')}: ${issue.message}`),
      ...(limits.error?.issues ?? []).map((issue) => `--${issue.path.join('.')}: ${issue.message}`),
    ];
    return { problems: issues };
  }
  return {
    server: given.data.NBPULSE_SERVER,
    token: given.data.NBPULSE_WORKER_TOKEN,
    name: `${given.data.NBPULSE_WORKER_NAME ?? hostname()}-${String(process.pid)}`.slice(0, 100),
    untilIdleMs: limits.data['until-idle'] ?? null,
    maxTimeMs: limits.data['max-time'] ?? null,
    maxJobs: limits.data['max-jobs'] ?? null,
    atOnce: given.data.NBPULSE_RUNS_AT_ONCE ?? null,
  };
}
