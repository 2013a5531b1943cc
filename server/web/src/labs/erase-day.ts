/** The erase date of a lab as staff choose it: so many months after closing, or a day of their own. */
import type { LabView } from '@nbpulse/schema/wire';

export type EraseChoice = { by: 'months'; months: number } | { by: 'day'; day: string };

/** The same moment of the day so many months on; in a shorter month its last day. */
export function monthsAfter(ms: number, months: number): number {
  const at = new Date(ms);
  const day = at.getUTCDate();
  at.setUTCMonth(at.getUTCMonth() + months);
  if (at.getUTCDate() !== day) at.setUTCDate(0);
  return at.getTime();
}

type Terms = Pick<LabView, 'status' | 'closedAt' | 'eraseAt' | 'retentionMonths'>;

/** A lab says when it is erased, not why then: a day other than the months give was chosen. */
export function choiceOf(lab: Terms): EraseChoice {
  const byMonths =
    lab.status === 'closed' && lab.closedAt !== null
      ? monthsAfter(Date.parse(lab.closedAt), lab.retentionMonths)
      : null;
  if (lab.eraseAt === null || Date.parse(lab.eraseAt) === byMonths)
    return { by: 'months', months: lab.retentionMonths };
  return { by: 'day', day: lab.eraseAt.slice(0, 10) };
}

/** Noon in Greenwich is the same day in nearly every zone, so what was chosen is what everybody reads. */
export const instantOfDay = (day: string): string => `${day}T12:00:00.000Z`;

/** What the choice means, in milliseconds since 1970; null as long as the lab is not closed. */
export function erasedAtBy(lab: Terms, choice: EraseChoice): number | null {
  if (choice.by === 'day') {
    const at = Date.parse(instantOfDay(choice.day));
    return Number.isNaN(at) ? null : at;
  }
  return lab.status === 'closed' && lab.closedAt !== null ? monthsAfter(Date.parse(lab.closedAt), choice.months) : null;
}

/** What a change of mind sends; nothing when it is none. */
export function patchOf(lab: Terms, choice: EraseChoice): { retentionMonths?: number; eraseAt?: string | null } {
  const before = choiceOf(lab);
  if (choice.by === 'day')
    return before.by === 'day' && before.day === choice.day ? {} : { eraseAt: instantOfDay(choice.day) };
  return {
    ...(choice.months === lab.retentionMonths ? {} : { retentionMonths: choice.months }),
    ...(before.by === 'day' ? { eraseAt: null } : {}),
  };
}
