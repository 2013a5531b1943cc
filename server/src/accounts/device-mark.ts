/** A cookie that proves: this browser once signed in to this account. It opens nothing; it only sets the pace of sign-ins. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { day } from '@nbpulse/schema/wire';

const lifeMs = 365 * day;

const sign = (secret: string, nonce: string, email: string): Buffer =>
  createHmac('sha256', secret).update(`device ${nonce} ${email}`).digest();

export interface DeviceMarks {
  /** The device's own name when it signed in to this account before, else null. */
  read(headers: Headers, email: string): string | null;
  /** A `Set-Cookie` line. */
  make(email: string): string;
}

export function deviceMarks(secret: string, cookie: { name: string; path: string; secure: boolean }): DeviceMarks {
  return {
    read(headers, email) {
      for (const pair of (headers.get('cookie') ?? '').split(';')) {
        const [name, value] = pair.trim().split('=', 2);
        if (name !== cookie.name || value === undefined) continue;
        const [nonce, mark] = value.split('.', 2);
        if (!nonce || !mark) continue;
        const given = Buffer.from(mark, 'base64url');
        const right = sign(secret, nonce, email);
        if (given.length === right.length && timingSafeEqual(given, right)) return nonce;
      }
      return null;
    },
    make(email) {
      const nonce = randomBytes(12).toString('base64url');
      const value = `${nonce}.${sign(secret, nonce, email).toString('base64url')}`;
      const secure = cookie.secure ? '; Secure' : '';
      return `${cookie.name}=${value}; Path=${cookie.path}; Max-Age=${lifeMs / 1000}; HttpOnly; SameSite=Lax${secure}`;
    },
  };
}
