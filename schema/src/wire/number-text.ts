/** Numbers as text: one for each value (to compare), and as Python prints them (to read). */
import type { FloatJson } from './value.js';

/** The same text for the same number, whatever type it came in. Whole numbers in full, other doubles in their shortest form. */
export function numberText(json: string | number): string {
  if (typeof json === 'string') return json === '-0' ? '0' : json; // nan, inf, -inf, or an integer past 2^53
  return Number.isInteger(json) ? BigInt(json).toString() : String(json);
}

/** Longer or more extreme ones are compared as text: their exact value would be costly. */
const mostDigits = 400;

/** A decimal by its exact value: that of a double when they are equal, else its own digits. Null for `NaN` and the like. */
export function decimalText(text: string): string | null {
  const parts = /^(-?)(\d+)(?:\.(\d*))?(?:E([+-]?\d+))?$/i.exec(text);
  if (!parts || text.length > mostDigits) return null;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts;
  const digits = (whole + fraction).replace(/^0+(?=\d)/, '');
  const trailing = /0*$/.exec(digits)?.[0].length ?? 0;
  const significant = digits.slice(0, digits.length - trailing);
  if (significant === '') return '0';
  const power = Number(exponent) - fraction.length + trailing;
  if (Math.abs(power) > mostDigits) return `${sign}${significant}e${String(power)}`;
  if (power >= 0) return `${sign}${significant}${'0'.repeat(power)}`;
  const double = Number(`${sign}${significant}e${String(power)}`);
  return equalsRatio(double, BigInt(sign + significant), 10n ** BigInt(-power))
    ? numberText(double)
    : `${sign}${significant}e${String(power)}`;
}

/** `1/3`, `4`: already in lowest terms, as Python keeps them. */
export function fractionText(text: string): string | null {
  const parts = /^(-?\d+)(?:\/(\d+))?$/.exec(text);
  if (!parts || text.length > mostDigits) return null;
  const [, above = '0', below = '1'] = parts;
  if (below === '1') return above;
  const double = Number(above) / Number(below);
  return Number.isFinite(double) && equalsRatio(double, BigInt(above), BigInt(below)) ? numberText(double) : text;
}

/** Whether a double is exactly `above / below`: doubled until it is whole. */
function equalsRatio(double: number, above: bigint, below: bigint): boolean {
  let scaled = double;
  let doublings = 0n;
  for (; !Number.isInteger(scaled); doublings++) {
    if (doublings > 1_100n) return false;
    scaled *= 2;
  }
  return BigInt(scaled) * below === above << doublings;
}

/** As Python's `repr` of a float. @example pythonFloat(1e16) // '1e+16' */
export function pythonFloat(json: FloatJson): string {
  if (typeof json === 'string') return json === '-0' ? '-0.0' : json;
  const [mantissa = '', exponent = '0'] = json.toExponential().split('e');
  const power = Number(exponent);
  if (power < -4 || power >= 16) {
    return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  return Number.isInteger(json) ? `${String(json)}.0` : String(json);
}

/** As Python's `repr` of a complex number. @example pythonComplex(3, -4) // '(3-4j)' */
export function pythonComplex(re: FloatJson, im: FloatJson): string {
  const part = (json: FloatJson): string => pythonFloat(json).replace(/\.0$/, '');
  if (re === 0) return `${part(im)}j`;
  return `(${part(re)}${part(im).startsWith('-') ? '' : '+'}${part(im)}j)`;
}
