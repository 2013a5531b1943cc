/** Secrets that we hand out. Only their sha256 is stored. */
import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits, told apart by their prefix: `nbd_…` a device, `nbw_…` a worker. */
export const makeToken = (prefix: 'nbd' | 'nbw'): string => `${prefix}_${randomBytes(32).toString('base64url')}`;

export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex');

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** `length` characters of base32, five random bits each: a join code has eight. */
export const makeCode = (length: number): string =>
  [...randomBytes(length)].map((byte) => base32.charAt(byte % 32)).join('');
