/** What the tracker's own pages ask for: sessions, the latest record of each sender and question, and how many there are. */
import { and, desc, eq, inArray, isNull, sql } from 'drizzle-orm';
import { course, courseStaff, event, lab, participant, staffUser, trackerSender } from '@nbpulse/schema/db';
import { decodeText, summaryOf, type CellJson, type Value } from '@nbpulse/schema/wire';
import type { Blobs } from '../blobs/index.js';
import type { Database } from '../database/index.js';
import { labSettingsOf } from '../lab-terms/index.js';
import { sessionsOf } from './sessions.js';

const recordsAtMost = 20_000;

export async function listSessions(db: Database, userId: string) {
  const rows = await sessionsOf(db, userId);
  const courseIds = [...new Set(rows.map((row) => row.lab.courseId))];
  const staff = courseIds.length
    ? await db
        .select({
          course: courseStaff.courseId,
          handle: staffUser.handle,
          role: courseStaff.role,
          zone: course.timeZone,
        })
        .from(courseStaff)
        .innerJoin(staffUser, eq(staffUser.id, courseStaff.userId))
        .innerJoin(course, eq(course.id, courseStaff.courseId))
        .where(inArray(courseStaff.courseId, courseIds))
        .orderBy(courseStaff.createdAt)
    : [];
  return rows.map(({ lab: row, role }) => {
    const its = staff.filter((one) => one.course === row.courseId);
    const owner = its.find((one) => one.role === 'owner') ?? its[0];
    return {
      sharing: role === 'assistant',
      id: row.id,
      name: row.name,
      description: row.description,
      f_owner: owner?.handle ?? '',
      f_creation_date: dateText(row.createdAt, owner?.zone ?? 'UTC'),
      f_shared_users: its.filter((one) => one !== owner).map((one) => one.handle),
      open: row.status === 'open',
      parts: partsOf(row.settings),
    };
  });
}

function partsOf(settings: unknown): { id: string; name: string; number: number; description: string }[] {
  const { parts } = labSettingsOf({ settings });
  const names = parts.includes('default') ? parts : ['default', ...parts];
  return names.map((name, index) => ({ id: name, name, number: index + 1, description: '' }));
}

/** `21/11/2026 - 14:05`, in the course's own time. */
function dateText(at: Date, timeZone: string): string {
  const options = {
    timeZone,
    day: '2-digit',
    month: '2-digit',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  } as const;
  return at.toLocaleString('en-GB', options).replace(', ', ' - ');
}

/** Of each sender, question and part the latest record. The tracker overwrote; here the others stay as history. */
const latestRecords = (db: Database, labIds: string[]) =>
  db
    .selectDistinctOn([event.labId, event.participantId, event.questionKey, event.part], {
      id: event.id,
      labId: event.labId,
      participantId: event.participantId,
      name: participant.name,
      senderUuid: trackerSender.senderUuid,
      question: event.questionKey,
      part: event.part,
      body: event.body,
      receivedAt: event.receivedAt,
    })
    .from(event)
    .innerJoin(participant, eq(participant.id, event.participantId))
    .innerJoin(lab, eq(lab.id, event.labId))
    .leftJoin(trackerSender, eq(trackerSender.participantId, participant.id))
    .where(
      and(
        inArray(event.labId, labIds),
        eq(event.kind, 'record'),
        isNull(event.deletedAt),
        isNull(event.hiddenAt),
        isNull(participant.removedAt),
        isNull(lab.deletedAt),
      ),
    )
    .orderBy(event.labId, event.participantId, event.questionKey, event.part, desc(event.madeAt), desc(event.seq))
    .limit(recordsAtMost);

export async function listRecords(db: Database, blobs: Blobs, labIds: string[], sinceMs: number) {
  if (labIds.length === 0) return [];
  const rows = (await latestRecords(db, labIds))
    .filter((row) => row.receivedAt.getTime() > sinceMs)
    .sort((a, b) => a.receivedAt.getTime() - b.receivedAt.getTime());
  return Promise.all(
    rows.map(async (row) => ({
      id: row.id,
      session_id: row.labId,
      sender_name: row.name,
      sender_uuid: row.senderUuid ?? row.participantId,
      // No address is stored.
      sender_ip: null,
      question_nb: questionNumber(row.question ?? ''),
      part_name: row.part ?? 'default',
      f_time: row.receivedAt.getTime(),
      ...(await formatted(row.body as Value, blobs)),
    })),
  );
}

export async function countRecords(db: Database, labId: string): Promise<[number | string, number][]> {
  const rows = await db
    .select({
      question: event.questionKey,
      records: sql<number>`count(distinct (${event.participantId}, coalesce(${event.part}, '')))::int`,
    })
    .from(event)
    .innerJoin(participant, eq(participant.id, event.participantId))
    .where(
      and(
        eq(event.labId, labId),
        eq(event.kind, 'record'),
        isNull(event.deletedAt),
        isNull(event.hiddenAt),
        isNull(participant.removedAt),
      ),
    )
    .groupBy(event.questionKey)
    .orderBy(event.questionKey);
  return rows.map((row) => [questionNumber(row.question ?? ''), row.records]);
}

/** The tracker's questions are numbers; ours may be words, too. */
const questionNumber = (key: string): number | string => (/^\d{1,9}$/.test(key) ? Number(key) : key);

/** A type of the tracker, and what its pages show under it. */
async function formatted(value: Value, blobs: Blobs): Promise<{ type: string; f_data: unknown }> {
  switch (value.t) {
    case 'str':
      return { type: 'str', f_data: decodeText(value) };
    case 'code':
      return { type: 'code', f_data: decodeText(value.src) };
    case 'list':
    case 'tuple':
    case 'set':
    case 'frozenset':
      return { type: 'list', f_data: plain(value) };
    case 'dict':
      return { type: 'dict', f_data: plain(value) };
    case 'array':
      return { type: 'ndarray', f_data: matrix(value) };
    case 'bool':
    case 'int':
    case 'float':
      return { type: 'ndarray', f_data: numberText(value.v) };
    case 'image':
      return { type: 'image', f_data: (await blobs.get(value.sha256))?.toString('base64') ?? '' };
    default:
      return { type: 'str', f_data: summaryOf(value) };
  }
}

/** JSON that any reader takes: what JSON lacks is said by name. */
function plain(value: Value): unknown {
  switch (value.t) {
    case 'none':
      return null;
    case 'bool':
      return value.v;
    case 'int':
      return value.v;
    case 'float':
      return typeof value.v === 'number' ? value.v : numberText(value.v);
    case 'str':
      return decodeText(value);
    case 'list':
    case 'tuple':
    case 'set':
    case 'frozenset':
      return value.v.map(plain);
    case 'dict':
      return Object.fromEntries(
        value.v.map(([key, item]): [string, unknown] => [
          key.t === 'str' ? decodeText(key) : summaryOf(key),
          plain(item),
        ]),
      );
    default:
      return summaryOf(value);
  }
}

const names: Record<string, string> = { nan: 'nan', inf: 'inf', '-inf': '-inf', '-0': '-0.0' };
const numberText = (cell: CellJson): string => {
  if (typeof cell === 'string') return names[cell] ?? cell;
  return cell === null ? 'None' : JSON.stringify(cell);
};

/** LaTeX, which the tracker's pages render; an array of more than two axes as its rows of matrices. */
function matrix(value: Extract<Value, { t: 'array' }>): string {
  const cells = value.v.map(numberText);
  const build = (shape: readonly number[], from: number): string => {
    const [first = 1, ...rest] = shape;
    const size = rest.reduce((product, side) => product * side, 1);
    const indices = Array.from({ length: Math.min(first, cells.length) }, (_, index) => index);
    const lines =
      rest.length === 0
        ? [indices.map((index) => cells[from + index] ?? '…').join(' & ')]
        : rest.length === 1
          ? indices.map((row) => cells.slice(from + row * size, from + (row + 1) * size).join(' & '))
          : indices.map((index) => build(rest, from + index * size));
    return `\\begin{bmatrix}\n${lines.map((line) => `  ${line}\\\\`).join('\n')}\n\\end{bmatrix}`;
  };
  return cells.length === 1 ? (cells[0] ?? '') : build(value.shape, 0);
}
