/** Students who send, for the tests of what is stored about them. */
import { createHash, randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { myRecords, type RecordView, type Value } from '@nbpulse/schema/wire';
import type { Student } from './classroom.js';

export const int = (v: number): Value => ({ t: 'int', v });
/** Bytes that only this picture has. */
export const pngBytes = (seed: number): Buffer =>
  Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.from(`picture ${String(seed)}`)]);
export const sha256Of = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');
export const picture = (seed: number): Value => {
  const bytes = pngBytes(seed);
  const b64 = bytes.toString('base64');
  return { t: 'image', mime: 'image/png', of: 'PIL.Image', n: bytes.byteLength, sha256: sha256Of(bytes), b64 };
};

interface Sent {
  stream: string;
  events: Record<string, unknown>[];
}
/** Records, unless they say otherwise, with the numbers 1, 2, 3 … */
export async function send(
  who: Student,
  lab: { id: string },
  events: Record<string, unknown>[],
  stream: string = randomUUID(),
): Promise<Sent> {
  const at = new Date().toISOString();
  const numbered = events.map((one, index) => ({ kind: 'record', seq: index + 1, madeAt: at, ...one }));
  const batch = { v: 1, stream, sentAt: at, events: numbered };
  const response = await who.post(`/labs/${lab.id}/events`, batch);
  expect(response.status).toBe(200);
  return { stream, events: numbered };
}
export const ownRecords = async (who: Student): Promise<RecordView[]> =>
  myRecords.parse(await (await who.get('/me/records')).json()).records;
