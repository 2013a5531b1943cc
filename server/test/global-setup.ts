/** One real Postgres for a whole vitest run, in a temporary folder. Test files make databases in it by `test/database.ts`. */
import type { TestProject } from 'vitest/node';
import { startThrowawayPostgres } from '../launch/postgres.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of the cluster's first database. */
    postgresUrl: string;
  }
}

export default async function startTestPostgres(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await startThrowawayPostgres();
  project.provide('postgresUrl', postgres.url);
  return () => postgres.stop();
}
