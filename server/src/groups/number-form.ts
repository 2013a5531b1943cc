/** Numbers: rounding noise is no difference. */
import type { CellJson } from '@nbpulse/schema/wire';

const shownDigits = 10;
const longDigits = 15;
/** From here on ten digits no longer reach the ones. */
const longFrom = 1e9;
/** Two numbers, not both whole, are near when they differ by at most this share of the larger. */
const relative = 1e-9;

export interface NumberForm {
  /** Equal forms are always together. */
  form: string;
  /** For nearness; null for what has none: NaN, infinities, integers past 2^53. */
  n: number | null;
}

export function numberForm(raw: CellJson | undefined): NumberForm | null {
  if (raw === '-0') return { form: '0', n: 0 };
  if (typeof raw === 'string') return { form: raw, n: null };
  if (typeof raw !== 'number' || !Number.isFinite(raw)) return null;
  if (Number.isInteger(raw)) return { form: String(raw === 0 ? 0 : raw), n: raw };
  const digits = Math.abs(raw) >= longFrom ? longDigits : shownDigits;
  return { form: String(Number(raw.toPrecision(digits))), n: raw };
}

/** Whole numbers are counts and labels: one more is another answer, however large they are. */
export const numbersNear = (a: number, b: number): boolean =>
  a === b ||
  (!(Number.isInteger(a) && Number.isInteger(b)) && Math.abs(a - b) <= relative * Math.max(Math.abs(a), Math.abs(b)));
