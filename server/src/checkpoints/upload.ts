/** What comes with an uploaded notebook: a client-made id, the time it was made, a file name. */
import type { Context } from 'hono';
import { instant } from '@nbpulse/schema/wire';
import { z } from 'zod';
import { refuse, type ProblemReply } from '../http/index.js';

export interface Upload {
  id: string;
  /** Never after `receivedAt`. */
  madeAt: Date;
  receivedAt: Date;
  filename: string | null;
}

export function uploadOf(context: Context): Upload | ProblemReply {
  const receivedAt = new Date();
  const id = z.uuid().safeParse(context.req.header('x-nbpulse-id'));
  if (!id.success) {
    const what =
      'Send the header x-nbpulse-id: a UUID that you make once per upload and send again with a repeated one.';
    return refuse(400, 'invalid', what, { fields: { 'x-nbpulse-id': 'not a UUID' } });
  }
  const made = context.req.header('x-nbpulse-made-at');
  const madeAt = made === undefined ? null : instant.safeParse(made);
  if (madeAt?.success === false) {
    const what = 'The header x-nbpulse-made-at must be an instant with its offset, such as 2026-11-21T10:00:00Z.';
    return refuse(400, 'invalid', what, { fields: { 'x-nbpulse-made-at': 'not an instant' } });
  }
  const claimedAt = madeAt ? new Date(madeAt.data) : receivedAt;
  return {
    id: id.data.toLowerCase(),
    madeAt: claimedAt > receivedAt ? receivedAt : claimedAt,
    receivedAt,
    filename: filenameOf(context.req.header('x-nbpulse-filename')),
  };
}

/** The last part of a path, percent-decoded, without control characters; null when nothing is left. */
export function filenameOf(header: string | undefined): string | null {
  if (header === undefined) return null;
  let name = header;
  try {
    name = decodeURIComponent(header);
  } catch {
    // Not encoded: taken as it is.
  }
  const last = (name.split(/[/\\]/).pop() ?? '').replace(/[\p{C}"]/gu, '').trim();
  return last === '' || /^\.+$/.test(last) ? null : [...last].slice(-120).join('');
}

/** `content-disposition` for a download, with names of any language. */
export const asAttachment = (filename: string): string =>
  `attachment; filename="${filename.replace(/[^\x20-\x7e]|["\\%]/g, '_')}"; filename*=UTF-8''${encodeURIComponent(filename).replace(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16)}`)}`;
