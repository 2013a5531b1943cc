import type { participant } from '@nbpulse/schema/db';
import type { ParticipantView } from '@nbpulse/schema/wire';

export type ParticipantRow = typeof participant.$inferSelect;

export const participantView = (row: ParticipantRow): ParticipantView => ({
  id: row.id,
  name: row.name,
  joinedAt: row.joinedAt.toISOString(),
  removed: row.removedAt !== null,
  unverified: row.unverified,
});

/** A name folded for comparison: `ADA  Lovelace` and `Ada Lovelace` are one name. */
export const nameKey = (name: string): string =>
  name.normalize('NFKC').toLowerCase().normalize('NFKC').replace(/\s+/g, ' ').trim();

/** The return code as it is compared: typed in any case, with or without hyphens. */
export const returnCodeKey = (code: string): string =>
  code.toUpperCase().replace(/[\s-]/g, '').replace(/0/g, 'O').replace(/1/g, 'I').replace(/8/g, 'B');

/** As it is shown and stored: `7KQM-P2XA`. */
export const showReturnCode = (code: string): string => `${code.slice(0, 4)}-${code.slice(4)}`;
