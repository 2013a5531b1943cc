/** What the plot draws of a record: a place on the axis, or a named stack beside it for what has none. */
import { decodeText, summaryOf, type CellJson, type RecordView, type Value } from '@nbpulse/schema/wire';

/** Beside the axis, left to right; `−∞` alone stands at its left end. */
export const edges = ['−∞', 'False', 'True', 'complex', 'NaN', '+∞'] as const;
export type Edge = (typeof edges)[number];

export type Standing = 'right' | 'wrong' | 'reached' | 'answered';

export interface Plotted {
  id: string;
  participant: string;
  hash: string;
  /** Null when it stands at an edge. */
  at: number | null;
  edge: Edge | null;
  /** The number as a person reads it, all digits of a long integer. */
  text: string;
  standing: Standing;
}

/** The number of a record's value: a scalar, or an array of no dimensions. */
function scalarOf(value: Value): { raw: CellJson | undefined; complex: CellJson | undefined } | null {
  switch (value.t) {
    case 'int':
    case 'float':
    case 'bool':
      return { raw: value.v, complex: undefined };
    case 'complex':
      return { raw: value.re, complex: value.im };
    case 'array':
      return value.shape.length === 0 ? { raw: value.v[0], complex: value.v[1] } : null;
    default:
      return null;
  }
}

export function plottedOf(record: RecordView, standing: Standing): Plotted | null {
  if (record.value === null || record.error) return null;
  const scalar = scalarOf(record.value);
  if (scalar === null) return null;
  const { raw, complex } = scalar;
  const place = placeOf(raw, complex);
  if (place === null) return null;
  const { id, participant, hash } = record;
  return { id, participant, hash, standing, ...place };
}

function placeOf(
  raw: CellJson | undefined,
  imaginary: CellJson | undefined,
): { at: number | null; edge: Edge | null; text: string } | null {
  if (typeof raw === 'boolean') {
    const edge = raw ? 'True' : 'False';
    return { at: null, edge, text: edge };
  }
  // A complex number without an imaginary part is the real number that Python calls equal to it.
  if (imaginary !== undefined && imaginary !== 0 && imaginary !== '-0') {
    const im = typeof imaginary === 'number' ? numberText(imaginary) : cellWord(imaginary);
    return { at: null, edge: 'complex', text: `${cellWord(raw)} ${im.startsWith('−') ? im : `+ ${im}`}i` };
  }
  if (raw === 'nan') return { at: null, edge: 'NaN', text: 'NaN' };
  if (raw === 'inf') return { at: null, edge: '+∞', text: '+∞' };
  if (raw === '-inf') return { at: null, edge: '−∞', text: '−∞' };
  if (raw === '-0') return { at: 0, edge: null, text: '0' };
  if (typeof raw === 'number') return { at: raw, edge: null, text: numberText(raw) };
  if (typeof raw !== 'string') return null;
  // An integer past 2^53, or a long double, as decimal text: placed by its nearest double, read in full.
  const at = Number(raw);
  if (raw.trim() === '' || Number.isNaN(at)) return null;
  if (!Number.isFinite(at)) return { at: null, edge: at > 0 ? '+∞' : '−∞', text: shortDigits(raw) };
  return { at, edge: null, text: shortDigits(raw.replace('-', '−')) };
}
const cellWord = (cell: CellJson | undefined): string => {
  if (typeof cell === 'number') return numberText(cell);
  if (typeof cell === 'string') return cell;
  return cell !== null && typeof cell === 'object' ? summaryOf(cell) : '';
};
const shortDigits = (digits: string): string =>
  digits.length <= 24 ? digits : `${digits.slice(0, 12)}…${digits.slice(-6)}`;

/** To six digits, with a real minus sign. */
export function numberText(n: number): string {
  const text =
    Number.isInteger(n) && Math.abs(n) < 1e15 ? String(n) : Number(n.toPrecision(6)).toString().replace('e+', 'e');
  return text.replaceAll('-', '−');
}

/** Text of a value that is expected, where it is a number that has a place on the axis. */
export function numberIn(value: Value): number | null {
  if (value.t === 'str') {
    const text = decodeText(value).trim();
    return text === '' || !Number.isFinite(Number(text)) ? null : Number(text);
  }
  const scalar = scalarOf(value);
  if (!scalar || typeof scalar.raw === 'boolean') return null;
  return placeOf(scalar.raw, scalar.complex)?.at ?? null;
}
