/** A participant as staff see them, from the row. */
import type { participant } from '@nbpulse/schema/db';
import type { ParticipantView } from '@nbpulse/schema/wire';

export type ParticipantRow = typeof participant.$inferSelect;

export const participantView = (row: ParticipantRow): ParticipantView => ({
  id: row.id,
  name: row.erasedAt ? 'erased' : row.name,
  joinedAt: row.joinedAt.toISOString(),
  openedAt: row.openedAt?.toISOString() ?? null,
  removed: row.removedAt !== null,
  unverified: row.unverified,
  sending: row.sendingOffAt === null,
  erasedAt: row.erasedAt?.toISOString() ?? null,
});
