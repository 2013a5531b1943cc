/** Types of postgres.mjs for TypeScript that imports it. */
export interface RunningPostgres {
  /** Of the database `nbpulse`. */
  url: string;
  databaseUrl(name: string): string;
  pid: number;
  exited: Promise<number>;
  stop(): Promise<void>;
}
export function startPostgres(options: {
  dataDir: string;
  socketDir?: string;
  durable?: boolean;
  binDir?: string;
  log?: string;
  litter?: string;
}): Promise<RunningPostgres>;
export function startThrowawayPostgres(): Promise<RunningPostgres>;
export function copyBeforeMigration(dataDir: string, log: string): Promise<string | null>;
