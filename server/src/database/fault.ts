/** What an error of the database means for the caller: wait, try again, or it is this row. */

/** away: nothing was kept, the same request may be sent again. clash: another transaction was in the way. row: the data itself. */
export type DatabaseFault = 'away' | 'clash' | 'row' | null;

const awayCodes = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
]);

/** The socket's file of a stopped Postgres; another file that is missing is another matter. */
const isMissingSocket = (error: Error): boolean =>
  'code' in error && error.code === 'ENOENT' && 'syscall' in error && error.syscall === 'connect';

/** drizzle wraps what postgres.js throws; the code is on the innermost error. */
export function databaseCode(error: unknown): string | null {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (isMissingSocket(at)) return 'ECONNREFUSED';
    if ('code' in at && typeof at.code === 'string') return at.code;
  }
  return null;
}

export function databaseFault(error: unknown): DatabaseFault {
  const code = databaseCode(error);
  if (code === null) return null;
  // Class 08: connection, 53: no resources (connections, memory, disk), 58: the system below Postgres.
  if (awayCodes.has(code) || /^(08|53|58)[0-9A-Z]{3}$/.test(code)) return 'away';
  if (code === '40001' || code === '40P01' || code === '55P03') return 'clash';
  // Class 22: data, 23: constraints, 54: too large for Postgres.
  if (/^(22|23|54)[0-9A-Z]{3}$/.test(code)) return 'row';
  return null;
}

/** The name of the broken unique index or constraint, or null when the error is none of those. */
export function brokenUnique(error: unknown): string | null {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ('code' in at && at.code === '23505' && 'constraint_name' in at) return String(at.constraint_name);
  }
  return null;
}
