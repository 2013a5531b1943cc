/** What cannot be promised to participants: days that are past, parts that nobody can tell apart. Said in words, field by field. */
import type { z } from 'zod';
import type { lab } from '@nbpulse/schema/db';
import type { labPatch } from '@nbpulse/schema/wire';
import { refuse, type ProblemReply } from '../http/index.js';
import { eraseAtOf } from '../lab-terms/index.js';

const longestYears = 10;

export function termsProblem(
  former: typeof lab.$inferSelect,
  wanted: z.output<typeof labPatch>,
  now: Date,
): ProblemReply | null {
  const { name: _name, description: _description, ...terms } = wanted;
  if (former.erasedAt && Object.keys(terms).length > 0) {
    return refuse(
      409,
      'conflict',
      `This lab’s records, notebooks and names were erased on ${day(former.erasedAt)}. It stays as it is; create a new lab.`,
    );
  }
  const parts = wanted.settings?.parts ?? [];
  const twice = parts.find((part, index) => parts.findIndex((other) => folded(other) === folded(part)) !== index);
  if (twice !== undefined)
    return wrong('settings.parts', `The part “${twice}” is named twice. Each part has a name of its own.`);
  return eraseProblem(former, wanted, now);
}

function eraseProblem(
  former: typeof lab.$inferSelect,
  wanted: z.output<typeof labPatch>,
  now: Date,
): ProblemReply | null {
  const status = wanted.status ?? former.status;
  const closes = status === 'closed' && former.status !== 'closed';
  const next = {
    status,
    closedAt: closes ? now : status === 'open' ? null : former.closedAt,
    retentionMonths: wanted.retentionMonths ?? former.retentionMonths,
    eraseAt: wanted.eraseAt === undefined ? former.eraseAt : wanted.eraseAt === null ? null : new Date(wanted.eraseAt),
  };
  const decides =
    wanted.eraseAt !== undefined || wanted.retentionMonths !== undefined || (closes && next.eraseAt !== null);
  const eraseAt = eraseAtOf(next);
  if (!decides || eraseAt === null) return null;
  const field = wanted.eraseAt === undefined || wanted.eraseAt === null ? 'retentionMonths' : 'eraseAt';
  if (eraseAt <= now) {
    const why =
      field === 'eraseAt'
        ? `${day(eraseAt)} is past.`
        : `The lab was closed on ${day(next.closedAt ?? now)}, so its records would go at once: ${day(eraseAt)} is past.`;
    return wrong(
      field,
      `${why} Choose a day to come. To remove everything now, delete the lab, or erase a person on their page.`,
    );
  }
  const latest = new Date(now);
  latest.setUTCFullYear(latest.getUTCFullYear() + longestYears);
  if (wanted.eraseAt && eraseAt > latest)
    return wrong('eraseAt', `${day(eraseAt)} is more than ${longestYears} years away. Choose an earlier day.`);
  return null;
}

const folded = (part: string): string => part.normalize('NFKC').toLowerCase();
const day = (at: Date): string => at.toISOString().slice(0, 10);
const wrong = (field: string, message: string): ProblemReply =>
  refuse(400, 'invalid', message, { fields: { [field]: message } });
