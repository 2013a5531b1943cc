/**
 * A lab's records, oldest first, page by page: no transaction is held while a slow reader downloads, and no page is longer than so many
 * bytes. What arrives after the beginning is left out; what is hidden or deleted meanwhile is left out from there on.
 */
import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import { event } from '@nbpulse/schema/db';
import { decodeText, MiB, type Value } from '@nbpulse/schema/wire';
import type { Database } from '../database/index.js';
import { recordColumns, recordView } from '../records/index.js';
import type { Cell } from './csv.js';
import type { Student } from './students.js';

export interface ExportWanted {
  labId: string;
  students: Student[];
  question?: string | undefined;
  participant?: string | undefined;
  anonymous: boolean;
}

type Row = ReturnType<typeof recordView> & { student: string };

const pageRecords = 500;
const portionBytes = 4 * MiB;

export async function* exportedRecords(db: Database, wanted: ExportWanted): AsyncGenerator<Row> {
  const names = new Map(wanted.students.map((one) => [one.id, one.name]));
  const [head] = await db.execute<{ now: string }>(sql`select to_json(now()) #>> '{}' as now`);
  let after: { at: string; id: string } | null = null;
  for (;;) {
    const page: { id: string; at: string; bytes: number; participant: string }[] = await db.execute(sql`
      select id, to_json(received_at) #>> '{}' as at, bytes, participant_id as participant from event
      where lab_id = ${wanted.labId} and kind = 'record' and deleted_at is null and hidden_at is null
        and received_at <= ${head?.now}::timestamptz
        ${wanted.question === undefined ? sql`` : sql`and question_key = ${wanted.question}`}
        ${wanted.participant === undefined ? sql`` : sql`and participant_id = ${wanted.participant}::uuid`}
        ${after === null ? sql`` : sql`and (received_at, id) > (${after.at}::timestamptz, ${after.id}::uuid)`}
      order by received_at, id
      limit ${pageRecords}`);
    const known = page.filter((one) => names.has(one.participant));
    for (const ids of portions(known)) {
      const rows = await db
        .select(recordColumns)
        .from(event)
        .where(and(inArray(event.id, ids), eq(event.kind, 'record'), isNull(event.deletedAt), isNull(event.hiddenAt)));
      const byId = new Map(rows.map((row) => [row.id, row]));
      for (const id of ids) {
        const row = byId.get(id);
        if (row) yield { ...recordView(row), student: names.get(row.participantId) ?? '' };
      }
    }
    const last = page.at(-1);
    if (!last || page.length < pageRecords) return;
    after = last;
  }
}

function* portions(page: { id: string; bytes: number }[]): Generator<string[]> {
  let ids: string[] = [];
  let bytes = 0;
  for (const one of page) {
    if (ids.length > 0 && bytes + one.bytes > portionBytes) {
      yield ids;
      [ids, bytes] = [[], 0];
    }
    ids.push(one.id);
    bytes += one.bytes;
  }
  if (ids.length > 0) yield ids;
}

/** `anonymous`: nothing by which the server would tell whose it is. */
export const recordsHeader = (anonymous: boolean, pictures: boolean): string[] => [
  'sent',
  'received',
  'student',
  'question',
  'part',
  'answer',
  'type',
  'verdict',
  'error',
  'late',
  ...(pictures ? ['pictures'] : []),
  ...(anonymous ? [] : ['student id', 'record id']),
];

export async function* recordsCells(
  rows: AsyncIterable<Row>,
  anonymous: boolean,
  picturesOf: ((record: string) => string[]) | null,
): AsyncGenerator<Cell[]> {
  for await (const row of rows) {
    yield [
      row.madeAt,
      row.receivedAt,
      row.student,
      row.question,
      row.part,
      answerCell(row.value, row.summary),
      row.tag,
      row.verdict,
      row.error,
      row.late,
      ...(picturesOf ? [picturesOf(row.id).join(' ')] : []),
      ...(anonymous ? [] : [row.participant, row.id]),
    ];
  }
}

/** Numbers as numbers, texts and sources in full, the rest in the words that cells show. */
function answerCell(value: Value | null, summary: string): Cell {
  if (value === null) return summary;
  switch (value.t) {
    case 'int':
    case 'float':
      return value.v;
    case 'bool':
      return value.v ? 'True' : 'False';
    case 'str':
      return decodeText(value);
    case 'code':
      return decodeText(value.src);
    default:
      return summary;
  }
}

/** `{"…": …, "records": [` … `]}`: a file that any reader of JSON takes, in pieces. */
export async function* recordsJson(
  about: object,
  rows: AsyncIterable<Row>,
  anonymous: boolean,
): AsyncGenerator<string> {
  yield `${JSON.stringify(about).slice(0, -1)},\n"records": [`;
  let separator = '\n';
  for await (const row of rows) {
    const { id, participant, student, question, part, value, summary, tag, error, madeAt, receivedAt, late, verdict } =
      row;
    const who = anonymous ? { student } : { id, student, studentId: participant };
    const record = {
      ...who,
      question,
      part,
      value,
      summary,
      type: tag,
      verdict,
      error,
      late,
      sentAt: madeAt,
      receivedAt,
    };
    yield separator + JSON.stringify(record);
    separator = ',\n';
  }
  yield '\n]}\n';
}
