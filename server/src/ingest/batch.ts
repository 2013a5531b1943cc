/** A batch on its way into the database, and what becomes of it. */
import { wireVersion, type BatchReply } from '@nbpulse/schema/wire';
import type { ReadyEvent, RefusedEvent } from './read-event.js';

export interface ReadyBatch {
  stream: string;
  labId: string;
  participantId: string;
  receivedAt: Date;
  /** Server's clock minus client's, from `sentAt`. Includes the way here, so it is never too small by more than that. */
  skewMs: number;
  events: ReadyEvent[];
  /** What was wrong with the others, before any of it was written. */
  refused: RefusedEvent[];
}

/** `null`: saved. */
export type Verdict = Pick<RefusedEvent, 'code' | 'message'> | null;
export type Verdicts = Map<ReadyEvent, Verdict>;

export function replyTo(batch: ReadyBatch, verdicts: Verdicts): BatchReply {
  const saved: number[] = [];
  const refused = [...batch.refused];
  for (const event of batch.events) {
    const verdict = verdicts.get(event);
    if (verdict === undefined) throw new Error('an event of this batch has no verdict');
    if (verdict === null) saved.push(event.seq);
    else refused.push({ seq: event.seq, ...verdict });
  }
  return { v: wireVersion, stream: batch.stream, saved, refused, receivedAt: batch.receivedAt.toISOString() };
}
