/** Where a page of the table ended. Microseconds, as Postgres keeps them: a class sends many records within a millisecond. */
import { sql, type SQL } from 'drizzle-orm';

export interface Cursor {
  /** `2026-11-21T10:00:00.123456Z` */
  receivedAt: string;
  id: string;
}

const pattern = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

export const cursorText = ({ receivedAt, id }: Cursor): string => `${receivedAt}_${id}`;

/** Null: this is no cursor of ours. */
export function readCursor(text: string): Cursor | null {
  const [, receivedAt, id] = pattern.exec(text) ?? [];
  return receivedAt === undefined || id === undefined || Number.isNaN(Date.parse(receivedAt))
    ? null
    : { receivedAt, id };
}

/** A `timestamptz` in full, as the cursor writes it. */
export const exactInstant = (column: SQL): SQL<string> =>
  sql<string>`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
