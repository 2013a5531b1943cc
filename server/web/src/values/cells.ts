/** Cells of arrays and tables as a page reads them: escapes undone, the two parts of a complex number put together. */
import { decodeText, summaryOf, type ArrayValue, type CellJson, type FloatJson } from '@nbpulse/schema/wire';

export const isComplex = (dtype: string): boolean => /(^|\.)c?(complex|longdoublec|clongdouble)/i.test(dtype);
export const isNumeric = (dtype: string): boolean =>
  /^(torch\.)?(u?int|u?long|short|float|double|half|complex|clongdouble|bfloat|decimal)/i.test(dtype);

export function decodedCells({ v, esc }: { v: readonly CellJson[]; esc?: true | undefined }): CellJson[] {
  return esc === true ? v.map((cell) => (typeof cell === 'string' ? decodeText({ v: cell, esc }) : cell)) : [...v];
}

/** One for each element that was sent, in C order. */
export function elementsOf(value: ArrayValue): CellJson[] {
  if (!isComplex(value.dtype)) return decodedCells(value);
  return Array.from({ length: Math.floor(value.v.length / 2) }, (_, at) => ({
    t: 'complex',
    re: value.v[2 * at] as FloatJson,
    im: value.v[2 * at + 1] as FloatJson,
  }));
}

const shownNumber = (n: number): string =>
  Number.isInteger(n) || Math.abs(n) >= 1e15 ? String(n) : String(Number(n.toPrecision(6)));
const shownFloat = (json: FloatJson): string => (typeof json === 'number' ? shownNumber(json) : json);

/** Numbers to six digits; the record itself has them all. */
export function cellText(cell: CellJson | undefined): string {
  if (cell === undefined) return '';
  if (cell === null) return 'None';
  if (typeof cell === 'boolean') return cell ? 'True' : 'False';
  if (typeof cell === 'number') return shownNumber(cell);
  if (typeof cell === 'string') return cell;
  if (cell.t === 'complex') {
    const im = shownFloat(cell.im);
    return `${shownFloat(cell.re)}${im.startsWith('-') ? '' : '+'}${im}j`;
  }
  return summaryOf(cell);
}
