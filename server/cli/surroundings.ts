/**
 * Which server a command is about: its database, blobs and public address. The environment tells; else the running
 * `npm start`, which leaves them in `run.json` of its data folder (0600, as it holds the database's password).
 */
import { chmod, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { openBlobs, type Blobs } from '../src/blobs/index.js';
import { databaseFault, openDatabase, type Database } from '../src/database/index.js';
import { CliProblem } from './problem.js';

/** The checkout: found through the package's own name, so that it is the same from `cli` and from `dist/cli`. */
export const checkout = dirname(dirname(createRequire(import.meta.url).resolve('@nbpulse/server/package.json')));

const runFile = z.object({ databaseUrl: z.string(), serverUrl: z.string(), checkout: z.string() });

export interface Surroundings {
  databaseUrl: string;
  /** The folder that holds blobs and secrets. */
  data: string;
  secrets: string;
  /** Where browsers reach the server; null when nobody said. */
  publicUrl: string | null;
}

export async function surroundings(env: NodeJS.ProcessEnv): Promise<Surroundings> {
  const told = env.NBPULSE_DATA ? resolve(env.NBPULSE_DATA) : null;
  const running = await findRunning(told);
  const databaseUrl = env.DATABASE_URL ?? running?.databaseUrl;
  if (!databaseUrl) {
    throw new CliProblem(
      'This command needs the server’s database, and DATABASE_URL is not set. Start nbpulse with npm start (it leaves the address in its data folder, .nbpulse/), or set DATABASE_URL and NBPULSE_DATA.',
    );
  }
  const data = told ?? running?.data ?? join(checkout, '.nbpulse');
  return {
    databaseUrl,
    data,
    secrets: env.NBPULSE_SECRETS ?? join(data, 'secrets'),
    publicUrl: (env.NBPULSE_PUBLIC_URL ?? running?.serverUrl ?? '').replace(/\/+$/, '') || null,
  };
}

/** The `run.json` of this checkout's server: in the data folder that was named, in the checkout, or where root keeps it. */
async function findRunning(
  told: string | null,
): Promise<{ databaseUrl: string; serverUrl: string; data: string } | null> {
  const shared = '/var/lib/nbpulse';
  const folders = told
    ? [told]
    : [join(checkout, '.nbpulse'), ...(await readdir(shared).catch(() => [])).map((name) => join(shared, name))];
  for (const data of folders) {
    const text = await readFile(join(data, 'run.json'), 'utf8').catch(() => null);
    if (text === null) continue;
    const parsed = runFile.safeParse(parseJson(text));
    if (parsed.success && (told !== null || parsed.data.checkout === checkout)) return { ...parsed.data, data };
  }
  return null;
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

/** Lets later commands find this server. */
export async function tellRunning({ databaseUrl, data, publicUrl }: Surroundings): Promise<void> {
  await mkdir(data, { recursive: true });
  const path = join(data, 'run.json');
  const unfinished = `${path}.${String(process.pid)}`;
  await writeFile(unfinished, JSON.stringify({ databaseUrl, serverUrl: publicUrl ?? '', checkout }), { mode: 0o600 });
  await chmod(unfinished, 0o600);
  await rename(unfinished, path);
}

/** Opens the database for one command and closes it after. */
export async function withDatabase<T>(
  where: Surroundings,
  work: (open: { db: Database; blobs: Blobs }) => Promise<T>,
): Promise<T> {
  const database = openDatabase(where.databaseUrl, 2);
  try {
    return await work({ db: database.db, blobs: openBlobs(join(where.data, 'blobs'), database.db) });
  } catch (error) {
    if (databaseFault(error) === 'away') throw databaseAway(error);
    throw error;
  } finally {
    await database.close();
  }
}

export const databaseAway = (cause: unknown): CliProblem => {
  const why = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause);
  return new CliProblem(`The database does not answer (${why}). Is the server running? npm start starts it.`);
};
