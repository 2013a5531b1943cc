import { pgTable, text } from 'drizzle-orm/pg-core';
import { createdAt, id, instantAt } from './columns.js';

/** A worker's token (sha256) and when it last called. */
export const worker = pgTable('worker', {
  id: id(),
  name: text('name').notNull(),
  tokenHash: text('token_hash').notNull().unique(),
  createdAt: createdAt(),
  lastSeenAt: instantAt('last_seen_at'),
  revokedAt: instantAt('revoked_at'),
});
