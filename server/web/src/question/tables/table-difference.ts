/**
 * What sets one array or table apart from another: shape and dtype first, then columns, then cells. NaN equals NaN, `2` equals `2.0`,
 * and a number that JSON holds as text equals the number.
 */
import type { ArrayValue, CellJson, FrameValue } from '@nbpulse/schema/wire';
import { cellText, elementsOf } from '../../values/cells.js';
import { gridOfArray, gridOfFrame, shapeText, type Grid } from '../../values/table-view.js';

export type TableValue = ArrayValue | FrameValue;

export interface Difference {
  /** In words, the weightiest first; empty when nothing differs. */
  words: readonly string[];
  /** Cells of the second that differ, as `row,column`, where both have that cell. */
  cells: ReadonlySet<string>;
  /** The first of them, in reading order. */
  first: { row: number; column: number } | null;
}

export const gridOf = (value: TableValue): Grid => (value.t === 'array' ? gridOfArray(value) : gridOfFrame(value));
export const cellKey = (row: number, column: number): string => `${String(row)},${String(column)}`;

export function isSameCell(a: CellJson | undefined, b: CellJson | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a === null || b === null) return false;
  const [left, right] = [scalarOf(a), scalarOf(b)];
  if (left !== null && right !== null) return left === right || (Number.isNaN(left) && Number.isNaN(right));
  return typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b);
}
/** The number that a cell holds; null when it holds something else. */
function scalarOf(cell: NonNullable<CellJson>): number | null {
  if (typeof cell === 'number') return cell;
  if (typeof cell === 'boolean') return null;
  if (typeof cell === 'string')
    return cell === 'nan' ? NaN : cell === 'inf' ? Infinity : cell === '-inf' ? -Infinity : cell === '-0' ? 0 : null;
  return cell.t === 'int' || cell.t === 'float' ? (scalarOf(cell.v) ?? null) : null;
}

const nameOf = (value: TableValue): string =>
  value.t === 'array' ? 'an array' : value.kind === 'series' ? 'a Series' : 'a table';
const quoted = (names: readonly string[]): string => names.map((name) => `“${name}”`).join(', ');
const dtypeOf = (value: TableValue): string | null =>
  value.t === 'array' ? value.dtype : value.kind === 'series' ? (value.columns[0]?.dtype ?? null) : null;

export function differenceOf(reference: TableValue, other: TableValue): Difference {
  const words: string[] = [];
  if (nameOf(reference) !== nameOf(other)) words.push(`${nameOf(other)} instead of ${nameOf(reference)}`);
  const [shapeA, shapeB] = [reference.shape.join(), other.shape.join()];
  const [a, b] = [gridOf(reference), gridOf(other)];
  if (shapeA !== shapeB) {
    const turned = isTransposed(a, b) ? ', its transpose' : '';
    words.push(`shape ${shapeText(other.shape)} instead of ${shapeText(reference.shape)}${turned}`);
  }
  const [dtypeA, dtypeB] = [dtypeOf(reference), dtypeOf(other)];
  if (dtypeA !== null && dtypeB !== null && dtypeA !== dtypeB) words.push(`${dtypeB} instead of ${dtypeA}`);
  words.push(...columnWords(reference, other));

  const cells = new Set<string>();
  let first: Difference['first'] = null;
  const rows = Math.min(a.rows.length, b.rows.length);
  const columns = Math.min(a.columns.length, b.columns.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (isSameCell(a.rows[row]?.cells[column], b.rows[row]?.cells[column])) continue;
      cells.add(cellKey(row, column));
      first ??= { row, column };
    }
  }
  // Another shape shifts every cell: to count them would say nothing.
  if (shapeA === shapeB && reference.t === 'array' && other.t === 'array' && reference.shape.length > 2)
    words.push(...itemWords(reference, other));
  else if (first && shapeA === shapeB) {
    const [was, is] = [a.rows[first.row]?.cells[first.column], b.rows[first.row]?.cells[first.column]];
    words.push(
      `${placeWords(b, first)} is ${cellText(is)} instead of ${cellText(was)}` +
        (cells.size > 1
          ? `, and ${String(cells.size - 1)} more ${cells.size === 2 ? 'cell differs' : 'cells differ'}`
          : ''),
    );
  }
  const [rowName, rowNameB] = [a, b].map((grid) => grid.rows.map((row) => row.name));
  const index = rowName?.findIndex((name, at) => rowNameB?.[at] !== undefined && rowNameB[at] !== name) ?? -1;
  if (reference.t === 'frame' && other.t === 'frame' && index !== -1)
    words.push(`index ${String(index)} is ${rowNameB?.[index] ?? ''} instead of ${rowName?.[index] ?? ''}`);
  if (words.length === 0 && reference.sha256 !== other.sha256 && (reference.sha256 ?? other.sha256) !== undefined)
    words.push('equal in what was sent of it; it differs further on');
  return { words, cells, first };
}

/** Of more than two axes a page shows one slice; what differs may be in another. */
function itemWords(reference: ArrayValue, other: ArrayValue): string[] {
  const [a, b] = [elementsOf(reference), elementsOf(other)];
  const differ = a.flatMap((item, at) => (at < b.length && !isSameCell(item, b[at]) ? [at] : []));
  const [first] = differ;
  if (first === undefined) return [];
  let rest = first;
  const place = reference.shape.toReversed().map((length) => {
    const at = rest % length;
    rest = Math.floor(rest / length);
    return at;
  });
  const more = differ.length > 1 ? `, and ${String(differ.length - 1)} more differ` : '';
  return [`[${place.reverse().join(', ')}] is ${cellText(b[first])} instead of ${cellText(a[first])}${more}`];
}

function placeWords(grid: Grid, { row, column }: { row: number; column: number }): string {
  const name = grid.columns[column]?.name ?? '';
  const rowName = grid.rows[row]?.name ?? '';
  if (rowName === '') return `item ${name}`;
  return `row ${rowName}, column ${name}`;
}

function columnWords(reference: TableValue, other: TableValue): string[] {
  if (reference.t !== 'frame' || other.t !== 'frame' || reference.kind === 'series' || other.kind === 'series')
    return [];
  const names = reference.columns.map(({ name }) => name);
  const others = other.columns.map(({ name }) => name);
  const missing = names.filter((name) => !others.includes(name));
  const extra = others.filter((name) => !names.includes(name));
  const words: string[] = [];
  if (missing.length > 0 && missing.length === extra.length)
    words.push(`${missing.length === 1 ? 'column' : 'columns'} ${quoted(extra)} instead of ${quoted(missing)}`);
  else {
    if (missing.length > 0) words.push(`without ${missing.length === 1 ? 'column' : 'columns'} ${quoted(missing)}`);
    if (extra.length > 0) words.push(`also ${missing.length === 1 ? 'column' : 'columns'} ${quoted(extra)}`);
  }
  if (missing.length === 0 && extra.length === 0 && names.join('\n') !== others.join('\n'))
    words.push('columns in another order');
  for (const column of other.columns) {
    const same = reference.columns.find(({ name }) => name === column.name);
    if (same && same.dtype !== column.dtype)
      words.push(`column “${column.name}” is ${column.dtype} instead of ${same.dtype}`);
  }
  return words;
}

function isTransposed(a: Grid, b: Grid): boolean {
  if (a.totalRows !== b.totalColumns || a.totalColumns !== b.totalRows || a.rows.length !== a.totalRows) return false;
  return a.rows.every((row, at) => row.cells.every((cell, column) => isSameCell(cell, b.rows[column]?.cells[at])));
}
