/** Column shapes that many tables share. */
import { bigint, customType, timestamp, uuid } from 'drizzle-orm/pg-core';

/** An instant in UTC; a `Date` in TypeScript. Microseconds in Postgres, milliseconds here. */
export const instantAt = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });
export const createdAt = () => instantAt('created_at').notNull().defaultNow();
export const id = () => uuid('id').primaryKey().defaultRandom();
/** The lab's revision that made a row visible. Below 2^53 for ever. */
export const revision = () => bigint('rev', { mode: 'number' }).notNull();

/** Raw bytes. */
export const bytea = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' });
