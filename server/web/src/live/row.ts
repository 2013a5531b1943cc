/** One student's row of the grid, as a page holds it. Replaced when it changes. */
import type { ParticipantView, Presence, SubmissionChange } from '@nbpulse/schema/wire';
import type { Cell } from './cell.js';
import type { RowStatus } from './row-status.js';

/** `statuses` in the order of the model's questions. */
export interface Row extends RowStatus {
  participant: ParticipantView;
  joinedAt: number;
  cells: ReadonlyMap<string, Cell>;
  /** Minutes since the lab opened. */
  at: readonly number[];
  errorAt: readonly number[];
  presence: Presence | null;
  submissions: readonly SubmissionChange[];
}

/** In the class: neither removed nor erased. */
export const isMember = (participant: ParticipantView): boolean =>
  !participant.removed && participant.erasedAt === null;

/** What counts of a participant for the class as a whole. */
export const standingOf = (participant: ParticipantView): string =>
  isMember(participant) ? (participant.openedAt === null ? 'listed' : 'opened') : 'gone';

export const emptyRow = (participant: ParticipantView): Row => ({
  participant,
  joinedAt: Date.parse(participant.joinedAt),
  cells: new Map<string, Cell>(),
  statuses: [],
  current: -1,
  sent: 0,
  lastAt: null,
  seen: null,
  at: [],
  errorAt: [],
  presence: null,
  submissions: [],
});
