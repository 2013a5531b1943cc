/** How names and return codes are compared and shown. */
import { makeCode } from '../access/index.js';

/** Eight of base32: 40 random bits. */
const returnCodeChars = 8;
/** A name folded for comparison: `ADA  Lovelace` and `Ada Lovelace` are one name. */
export const nameKey = (name: string): string =>
  name.normalize('NFKC').toLowerCase().normalize('NFKC').replace(/\s+/g, ' ').trim();

/** The return code as it is compared: typed in any case, with or without hyphens. */
export const returnCodeKey = (code: string): string =>
  code.toUpperCase().replace(/[\s-]/g, '').replace(/0/g, 'O').replace(/1/g, 'I').replace(/8/g, 'B');

/** As it is shown and stored: `7KQM-P2XA`. */
export const showReturnCode = (code: string): string => `${code.slice(0, 4)}-${code.slice(4)}`;

/** A return code that nobody has, as it is shown. */
export const newReturnCode = (): string => showReturnCode(makeCode(returnCodeChars));
