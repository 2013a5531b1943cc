/** Arrays and tables as tables, with shape and dtype first. What was cut is said. */
import { memo, useState } from 'react';
import type { ArrayValue, CellJson, FrameValue } from '@nbpulse/schema/wire';
import { cellText, decodedCells, elementsOf, isNumeric } from './cells.js';

const firstRows = 8;
const firstColumns = 12;

/** As numpy writes it: `()`, `(2,)`, `(4, 3)`. */
export const shapeText = (shape: readonly number[]): string =>
  shape.length === 1 ? `(${String(shape[0])},)` : `(${shape.join(', ')})`;

/** What of an array or table is known, as rows and columns. */
export interface Grid {
  columns: { name: string; dtype: string; numeric: boolean }[];
  rows: { name: string; cells: (CellJson | undefined)[] }[];
  totalRows: number;
  totalColumns: number;
  /** Which slice of an array with more than two axes is shown. */
  slice: string;
}

export function gridOfArray(value: ArrayValue): Grid {
  const numeric = isNumeric(value.dtype);
  const elements = elementsOf(value);
  const known = elements.length;
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
      cells: Array.from(
        { length: Math.min(totalColumns, known) },
        (_unused, column) => elements[row * totalColumns + column],
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
export function gridOfFrame(value: FrameValue): Grid {
  const known = Math.max(0, ...value.columns.map((column) => column.v.length));
  const index = value.index && decodedCells(value.index);
  const columns = value.columns.map(decodedCells);
  return {
    columns: value.columns.map(({ name, dtype }) => ({ name, dtype, numeric: isNumeric(dtype) })),
    rows: Array.from({ length: known }, (_, row) => ({
      name: index ? cellText(index[row]) : String(row),
      cells: columns.map((column) => column[row]),
    })),
    totalRows: value.shape[0],
    totalColumns: value.shape[1],
    slice: '',
  };
}

interface TableViewProps {
  value: ArrayValue | FrameValue;
  /** Cells to mark as `row,column`: they differ from what this is compared with. */
  marked?: ReadonlySet<string>;
}
export const TableView = memo(function TableView({ value, marked }: TableViewProps) {
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
            min {cellText(stats.min)}, mean {cellText(stats.mean)}, max {cellText(stats.max)}, std {cellText(stats.std)}
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
                  <td
                    key={at}
                    className={`${column.numeric ? 'num' : ''} ${marked?.has(`${String(index)},${String(at)}`) ? 'differs' : ''}`}
                  >
                    {cellText(row.cells[at])}
                    {marked?.has(`${String(index)},${String(at)}`) && <span className="vh">, differs</span>}
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
