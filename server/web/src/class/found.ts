/** Which students are shown: found by name, or by how they stand with one question. */
import { foldedCell, type Column } from '../live/fold.js';
import type { LabModel } from '../live/lab-model.js';
import type { Row } from '../live/row.js';
import type { CellStatus } from '../live/row-status.js';

export interface Filter {
  /** Part of a name, as it is shown. */
  name: string;
  /** Key of a column; empty for any. */
  question: string;
  status: CellStatus | 'any';
}
export const noFilter: Filter = { name: '', question: '', status: 'any' };
export const isFiltering = ({ name, question, status }: Filter): boolean =>
  name.trim() !== '' || (question !== '' && status !== 'any');

const statusOf = (row: Row, column: Column): CellStatus =>
  column.kind === 'fold' ? foldedCell(row.statuses, column.fold).status : (row.statuses[column.index] ?? 'not-started');

/** In the same order. */
export function found(
  order: readonly string[],
  filter: Filter,
  model: LabModel,
  columns: readonly Column[],
  nameOf: (participant: string) => string,
): readonly string[] {
  if (!isFiltering(filter)) return order;
  const words = filter.name.trim().toLocaleLowerCase();
  const column = columns.find(({ key }) => key === filter.question);
  return order.filter((id) => {
    const row = model.rows.get(id);
    if (!row) return false;
    if (words !== '' && !nameOf(id).toLocaleLowerCase().includes(words)) return false;
    return !column || filter.status === 'any' || statusOf(row, column) === filter.status;
  });
}
