/** The grid as a table: a row for each student, four columns for each question. No grades are in it. */
import { asc, eq } from 'drizzle-orm';
import { question } from '@nbpulse/schema/db';
import type { GridCell } from '@nbpulse/schema/wire';
import type { Database } from '../database/index.js';
import { gridCells } from '../labs/index.js';
import type { Cell } from './csv.js';
import type { ExportWanted } from './records.js';

export interface Grid {
  questions: { key: string; title: string | null }[];
  rows: { student: ExportWanted['students'][number]; cells: (GridCell | null)[] }[];
}

export async function exportedGrid(db: Database, wanted: ExportWanted): Promise<Grid> {
  const [questions, cells] = await Promise.all([
    db
      .select({ key: question.key, title: question.title })
      .from(question)
      .where(eq(question.labId, wanted.labId))
      .orderBy(asc(question.position), asc(question.key)),
    gridCells(db, wanted.labId, { question: wanted.question, participant: wanted.participant }),
  ]);
  const shown = questions.filter(({ key }) => (wanted.question ?? key) === key);
  const of = new Map(cells.map((cell) => [`${cell.participant} ${cell.question}`, cell]));
  return {
    questions: shown,
    rows: wanted.students
      .filter(({ id }) => (wanted.participant ?? id) === id)
      .map((student) => ({ student, cells: shown.map(({ key }) => of.get(`${student.id} ${key}`) ?? null) })),
  };
}

export const gridHeader = ({ questions }: Grid, anonymous: boolean): string[] => [
  'student',
  ...(anonymous ? [] : ['student id']),
  ...questions.flatMap(({ key }) => [key, `${key} verdict`, `${key} records`, `${key} errors`]),
];

// eslint-disable-next-line @typescript-eslint/require-await -- rows that are in memory, as the same kind of source as records that are read
export async function* gridRows(grid: Grid, anonymous: boolean): AsyncGenerator<Cell[]> {
  for (const { student, cells } of grid.rows) {
    yield [
      student.name,
      ...(anonymous ? [] : [student.id]),
      ...cells.flatMap((cell): Cell[] =>
        cell
          ? [cell.last.summary, cell.last.error ? 'error' : cell.last.verdict, cell.records, cell.errors]
          : [null, null, 0, 0],
      ),
    ];
  }
}

export const gridJson = (about: object, { questions, rows }: Grid, anonymous: boolean): string =>
  `${JSON.stringify(
    {
      ...about,
      questions,
      students: rows.map(({ student, cells }) => ({
        student: student.name,
        ...(anonymous ? {} : { studentId: student.id, joinedAt: student.joinedAt, openedAt: student.openedAt }),
        cells: cells.flatMap((cell) => {
          if (!cell) return [];
          const { question: key, records, errors, firstAt, lastAt, last } = cell;
          return [
            {
              question: key,
              records,
              errors,
              firstAt,
              lastAt,
              last: { summary: last.summary, error: last.error, verdict: last.verdict },
            },
          ];
        }),
      })),
    },
    null,
    1,
  )}\n`;
