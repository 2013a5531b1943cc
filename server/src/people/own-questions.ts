/** Which questions a participant sees, and how each stands: see `questionStatus` in the wire for the rules. */
import { and, asc, desc, eq, gt, isNull, or, sql } from 'drizzle-orm';
import { event, question } from '@nbpulse/schema/db';
import type { ActivityChange, MeView } from '@nbpulse/schema/wire';
import type { Database } from '../database/index.js';

interface Sent {
  records: number;
  lastAtMs: number | null;
  lastIsError: boolean;
}
interface Activity extends Pick<ActivityChange, 'what' | 'question'> {
  madeAtMs: number;
}
type Status = 'not-started' | 'working' | 'answered' | 'error';

/** Declared questions, and those that this participant has sent to; what others made up is theirs. */
export async function ownQuestions(
  db: Database,
  labId: string,
  participantId: string,
  collectsActivity: boolean,
): Promise<MeView['questions']> {
  const own = db
    .select({
      key: event.questionKey,
      records: sql<number | null>`count(*)::int`.as('records'),
      lastAt: sql<string | null>`max(${event.madeAt})`.as('last_at'),
      lastIsError: sql<
        boolean | null
      >`(array_agg(${event.isError} order by ${event.madeAt} desc, ${event.seq} desc))[1]`.as('last_is_error'),
    })
    .from(event)
    .where(and(eq(event.participantId, participantId), eq(event.kind, 'record'), isNull(event.deletedAt)))
    .groupBy(event.questionKey)
    .as('own');
  const [rows, activity] = await Promise.all([
    db
      .select({
        key: question.key,
        title: question.title,
        records: own.records,
        lastAt: own.lastAt,
        lastIsError: own.lastIsError,
      })
      .from(question)
      .leftJoin(own, eq(own.key, question.key))
      .where(and(eq(question.labId, labId), or(eq(question.declared, true), gt(own.records, 0))))
      .orderBy(asc(question.position)),
    collectsActivity ? latestActivity(db, participantId) : null,
  ]);
  const sent = rows.map((row): Sent & { key: string } => ({
    key: row.key,
    records: row.records ?? 0,
    lastAtMs: row.lastAt === null ? null : Date.parse(row.lastAt),
    lastIsError: row.lastIsError ?? false,
  }));
  const statuses = statusesOf(sent, activity);
  return rows.map((row, index) => ({
    key: row.key,
    title: row.title,
    status: statuses[index] ?? 'not-started',
    records: row.records ?? 0,
    lastAt: row.lastAt === null ? null : new Date(row.lastAt).toISOString(),
  }));
}

/** In the order of the questions. */
function statusesOf(questions: (Sent & { key: string })[], activity: Activity | null): Status[] {
  let lastIndex = -1;
  let latestMs = -Infinity;
  const statuses = questions.map(({ records, lastAtMs, lastIsError }, index): Status => {
    if (records === 0 || lastAtMs === null) return 'not-started';
    if (lastAtMs >= latestMs) {
      latestMs = lastAtMs;
      lastIndex = index;
    }
    return lastIsError ? 'error' : 'answered';
  });
  const at = activity === null ? -1 : questions.findIndex(({ key }) => key === activity.question);
  if (activity !== null && at !== -1 && activity.madeAtMs > latestMs) {
    if (activity.what === 'error') statuses[at] = 'error';
    else if (statuses[at] === 'not-started') statuses[at] = 'working';
    return statuses;
  }
  if (lastIndex === -1 || statuses[lastIndex] === 'error') return statuses;
  const next = statuses.indexOf('not-started', lastIndex + 1);
  if (next !== -1) statuses[next] = 'working';
  return statuses;
}

async function latestActivity(db: Database, participantId: string): Promise<Activity | null> {
  const [row] = await db
    .select({ body: event.body, question: event.questionKey, madeAt: event.madeAt })
    .from(event)
    .where(and(eq(event.participantId, participantId), eq(event.kind, 'activity'), isNull(event.deletedAt)))
    .orderBy(desc(event.madeAt), desc(event.seq))
    .limit(1);
  if (!row) return null;
  const { what } = row.body as Pick<ActivityChange, 'what'>;
  return { what, question: row.question, madeAtMs: row.madeAt.getTime() };
}
