/** CSV that spreadsheets open as it is meant: names in UTF-8, numbers as numbers, and nothing that somebody sent as a formula. */
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream';
import { stringify } from 'csv-stringify';

export type Cell = string | number | boolean | null;

const startsFormula = /^[=+\-@\t\r\n＝＋－＠]/;
const isNumber = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,4})?$/i;

/**
 * Text as a spreadsheet may have it: what would start a formula gets an apostrophe before it, as spreadsheets do it themselves.
 * A number stays one.
 *
 * @example guarded('=1+1') // "'=1+1"
 * @example guarded('-1.5e3') // '-1.5e3'
 */
export const guarded = (text: string): string => (startsFormula.test(text) && !isNumber.test(text) ? `'${text}` : text);

/** `header` and `rows` as text in pieces. Whoever stops reading ends `rows`. */
export function csv(header: string[], rows: AsyncIterable<Cell[]>): Readable {
  const out: Transform = stringify({
    bom: true,
    header: true,
    // A question's key and a student's name are others' words, too.
    columns: header.map((name) => guarded(name)),
    record_delimiter: 'windows',
    cast: { string: guarded, boolean: (value) => (value ? 'yes' : 'no') },
  });
  // Errors come out of `out`, whose reader handles them.
  pipeline(Readable.from(rows), out, () => undefined);
  return out;
}
