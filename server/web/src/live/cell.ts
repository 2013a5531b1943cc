/** What one student sent to one question, as a page holds it. Replaced when it changes. */
import type { GridCell, RecordView } from '@nbpulse/schema/wire';

export interface Cell {
  records: number;
  errors: number;
  /** Errors since the last record that was none. */
  errorRun: number;
  /** Equal answers in a row, the last one among them. */
  sameRun: number;
  /** Milliseconds since 1970, as all instants in this model. */
  firstAt: number;
  lastAt: number;
  last: GridCell['last'];
  /** The revision as of which this is right. */
  rev: number;
  /** Counts up each time the cell should pulse. */
  pulse: number;
}

/** A cell as the server tells it; the instants of a whole grid are read already. */
export type CellGiven = Omit<GridCell, 'firstAt' | 'lastAt'> & { firstAt: string | number; lastAt: string | number };
const msOf = (at: string | number): number => (typeof at === 'number' ? at : Date.parse(at));

export const cellOf = (cell: CellGiven, rev: number): Cell => ({
  records: cell.records,
  errors: cell.errors,
  errorRun: cell.errorRun,
  sameRun: cell.sameRun,
  firstAt: msOf(cell.firstAt),
  lastAt: msOf(cell.lastAt),
  last: cell.last,
  rev,
  pulse: 0,
});

/** One record more. One that was made before the cell's last (a student who was offline) counts, but is not the last. */
export function withRecord(cell: Cell | undefined, record: RecordView, madeAt: number, rev: number): Cell {
  const last = {
    id: record.id,
    summary: record.summary,
    hash: record.hash,
    error: record.error,
    verdict: record.verdict,
  };
  const error = record.error ? 1 : 0;
  const once = { records: 1, errors: error, errorRun: error, sameRun: 1, firstAt: madeAt, lastAt: madeAt };
  if (!cell) return { ...once, last, rev, pulse: 0 };
  const isLast = madeAt >= cell.lastAt;
  const same = record.hash === cell.last.hash;
  return {
    records: cell.records + 1,
    errors: cell.errors + error,
    errorRun: isLast ? (record.error ? cell.errorRun + 1 : 0) : cell.errorRun,
    sameRun: isLast ? (same ? cell.sameRun + 1 : 1) : cell.sameRun,
    firstAt: Math.min(cell.firstAt, madeAt),
    lastAt: Math.max(cell.lastAt, madeAt),
    last: isLast ? last : cell.last,
    rev,
    pulse: cell.pulse,
  };
}
