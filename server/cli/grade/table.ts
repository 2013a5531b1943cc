/** The table that a teacher reads: submission, points, what happened, what failed first. */
import { firstFailure, outcomeWords, pointsOf, type Row } from './rows.js';

const gap = '  ';
const leastLastColumn = 20;

/** @param columns of the screen; without it nothing is cut */
export function resultTable(rows: readonly Row[], maxPoints: number, columns: number | undefined): string {
  const cells = rows.map((row) => [
    onScreen(row.name),
    pointsWords(row, maxPoints),
    onScreen(outcomeWords(row)),
    onScreen(firstFailure(row)),
  ]);
  const lines = [['submission', 'points', 'what happened', 'failed first'], ...cells];
  const widths = (columns === undefined ? [Infinity, Infinity, Infinity] : [32, 16, 48]).map((most, column) =>
    Math.min(most, Math.max(...lines.map((line) => lengthOf(line[column] ?? '')))),
  );
  const before = widths.reduce((sum, width) => sum + width + gap.length, 0);
  const last = columns === undefined ? Infinity : Math.max(leastLastColumn, columns - before);
  return lines
    .map((line) =>
      line
        .map((text, column) => {
          const isLast = column === line.length - 1;
          if (isLast) return cut(text, last);
          const width = widths[column] ?? 0;
          const shown = cut(text, width);
          const space = ' '.repeat(Math.max(0, width - lengthOf(shown)));
          return column === 1 ? `${space}${shown}` : `${shown}${space}`;
        })
        .join(gap)
        .trimEnd(),
    )
    .join('\n');
}

function pointsWords(row: Row, maxPoints: number): string {
  const points = pointsOf(row);
  return points === null ? '–' : `${short(points)} / ${short(maxPoints)}`;
}

/** At the end: how many, how they did, how long it took. */
export function summaryLine(rows: readonly Row[], total: number, maxPoints: number, tookMs: number): string {
  const count = (kind: Row['kind']): number => rows.filter((row) => row.kind === kind).length;
  const parts = [
    rows.length === total
      ? `${String(total)} ${total === 1 ? 'submission' : 'submissions'}`
      : `${String(rows.length)} of ${String(total)} submissions`,
    `${String(count('graded'))} graded`,
    ...(count('unreadable') > 0 ? [`${String(count('unreadable'))} could not be read`] : []),
    ...(count('not-graded') > 0 ? [`${String(count('not-graded'))} not graded, not by their fault`] : []),
  ];
  const points = rows.map(pointsOf).filter((value) => value !== null);
  const mean = points.reduce((sum, value) => sum + value, 0) / points.length;
  if (points.length > 0) parts.push(`mean ${short(mean)} of ${short(maxPoints)}`);
  return `${parts.join(', ')}. ${short(tookMs / 1000)} s.`;
}

const short = (value: number): string => String(Number(value.toFixed(value >= 100 ? 1 : 2)));

/** In one line, and nothing in it that moves a cursor or turns the direction of writing. */
export const onScreen = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim();

const lengthOf = (text: string): number => [...text].length;
const cut = (text: string, most: number): string =>
  lengthOf(text) <= most ? text : `${[...text].slice(0, most - 1).join('')}…`;
