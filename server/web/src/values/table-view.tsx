/** Arrays and tables as tables, with shape and dtype first. What was cut is said. */
import { memo, useState } from 'react';
import { decodeText, type CellJson, type Value } from '@nbpulse/schema/wire';

type ArrayJson = Extract<Value, { t: 'array' }>;
type FrameJson = Extract<Value, { t: 'frame' }>;

const firstRows = 8;
const firstColumns = 12;

const shownNumber = (n: number): string =>
  Number.isInteger(n) || Math.abs(n) >= 1e15 ? String(n) : String(Number(n.toPrecision(6)));
export function cellText(cell: CellJson | undefined): string {
  if (cell === undefined) return '';
  if (cell === null) return 'None';
  if (typeof cell === 'boolean') return cell ? 'True' : 'False';
  return typeof cell === 'number' ? shownNumber(cell) : decodeText({ v: cell });
}
const isNumeric = (dtype: string): boolean => /^(u?int|float|complex|bfloat)/i.test(dtype);

/** As numpy writes it: `()`, `(2,)`, `(4, 3)`. */
export const shapeText = (shape: readonly number[]): string =>
  shape.length === 1 ? `(${String(shape[0])},)` : `(${shape.join(', ')})`;

interface Grid {
  columns: { name: string; dtype: string; numeric: boolean }[];
  rows: { name: string; cells: (CellJson | undefined)[] }[];
  totalRows: number;
  totalColumns: number;
  /** Which slice of an array with more than two axes is shown. */
  slice: string;
}

export function gridOfArray(value: ArrayJson): Grid {
  const numeric = isNumeric(value.dtype);
  const width = value.dtype.startsWith('complex') ? 2 : 1;
  const at = (index: number): CellJson | undefined => {
    if (width === 1) return value.v[index];
    const [re, im] = [value.v[2 * index], value.v[2 * index + 1]];
    return re === undefined || im === undefined
      ? undefined
      : `${cellText(re)}${String(im).startsWith('-') ? '' : '+'}${cellText(im)}j`;
  };
  const known = Math.floor(value.v.length / width);
  const depth = value.shape.length;
  const totalColumns = depth === 0 ? 1 : (value.shape[depth - 1] ?? 0);
  const totalRows = depth < 2 ? 1 : (value.shape[depth - 2] ?? 0);
  const rows = Math.min(totalRows, totalColumns === 0 ? 0 : Math.ceil(known / totalColumns));
  return {
    columns: Array.from({ length: Math.min(totalColumns, known) }, (_, index) => ({
      name: String(index),
      dtype: '',
      numeric,
    })),
    rows: Array.from({ length: rows }, (_, row) => ({
      name: depth < 2 ? '' : String(row),
      cells: Array.from({ length: Math.min(totalColumns, known) }, (_unused, column) =>
        row * totalColumns + column < known ? at(row * totalColumns + column) : undefined,
      ),
    })),
    totalRows,
    totalColumns,
    slice:
      depth > 2
        ? `[${value.shape
            .slice(0, -2)
            .map(() => '0')
            .join(', ')}, :, :]`
        : '',
  };
}
export function gridOfFrame(value: FrameJson): Grid {
  const known = Math.max(0, ...value.columns.map((column) => column.v.length));
  return {
    columns: value.columns.map(({ name, dtype }) => ({ name, dtype, numeric: isNumeric(dtype) })),
    rows: Array.from({ length: known }, (_, row) => ({
      name: value.index ? cellText(value.index.v[row]) : String(row),
      cells: value.columns.map((column) => column.v[row]),
    })),
    totalRows: value.shape[0],
    totalColumns: value.shape[1],
    slice: '',
  };
}

export const TableView = memo(function TableView({ value }: { value: ArrayJson | FrameJson }) {
  const [open, setOpen] = useState(false);
  const grid = value.t === 'array' ? gridOfArray(value) : gridOfFrame(value);
  const columns = open ? grid.columns : grid.columns.slice(0, firstColumns);
  const rows = open ? grid.rows : grid.rows.slice(0, firstRows);
  const more = grid.columns.length > columns.length || grid.rows.length > rows.length;
  const what =
    value.t === 'array'
      ? `${shapeText(value.shape)} ${value.dtype}${value.lib === 'numpy' ? '' : `, ${value.lib}`}`
      : value.kind === 'series'
        ? `Series of ${String(value.shape[0])}, ${value.columns[0]?.dtype ?? ''}`
        : `${String(value.shape[0])} rows × ${String(value.shape[1])} columns`;
  const stats = value.t === 'array' ? value.stats : undefined;
  return (
    <div className="value-table">
      <p className="q2 sm">
        <b>{what}</b>
        {grid.slice !== '' && <span className="q3"> showing {grid.slice}</span>}
        {stats && (
          <span className="q3">
            {' '}
            min {cellText(stats.min)}, mean {cellText(stats.mean)}, max {cellText(stats.max)}
            {stats.nan > 0 && `, ${String(stats.nan)} NaN`}
          </span>
        )}
      </p>
      <div className="table-scroll" tabIndex={0} role="group" aria-label={what}>
        <table className="data">
          <thead>
            <tr>
              <th scope="col">
                <span className="vh">index</span>
              </th>
              {columns.map((column, index) => (
                <th key={index} scope="col" className={column.numeric ? 'num' : ''}>
                  {column.name}
                  {column.dtype !== '' && <small>{column.dtype}</small>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={index}>
                {row.name === '' ? <td /> : <th scope="row">{row.name}</th>}
                {columns.map((column, at) => (
                  <td key={at} className={column.numeric ? 'num' : ''}>
                    {cellText(row.cells[at])}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {(more || open || grid.totalRows > grid.rows.length || grid.totalColumns > grid.columns.length) && (
        <p className="q3 sm">
          {(more || open) && (
            <button type="button" className="btn quiet small" aria-expanded={open} onClick={() => setOpen(!open)}>
              {open ? 'Less' : 'More'}
            </button>
          )}
          {(grid.totalRows > grid.rows.length || grid.totalColumns > grid.columns.length) &&
            ` The first ${String(grid.rows.length)} × ${String(grid.columns.length)} of ${String(grid.totalRows)} × ${String(grid.totalColumns)} were sent.`}
        </p>
      )}
    </div>
  );
});
