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
export type Reception = Pick<RefusedEvent, 'code' | 'message'> | null;
export type Receptions = Map<ReadyEvent, Reception>;

/** `removed` by a teacher, or erased: nothing of theirs is taken, their token is no good any more. */
export type SenderStanding = 'sending-off' | 'removed';

export function replyTo(batch: ReadyBatch, receptions: Receptions, sender?: SenderStanding): BatchReply {
  const saved: number[] = [];
  const refused = [...batch.refused];
  for (const event of batch.events) {
    const reception = receptions.get(event);
    if (reception === undefined) throw new Error('an event of this batch was neither saved nor refused');
    if (reception === null) saved.push(event.seq);
    else refused.push({ seq: event.seq, ...reception });
  }
  return {
    v: wireVersion,
    stream: batch.stream,
    saved,
    refused,
    receivedAt: batch.receivedAt.toISOString(),
    ...(sender === 'sending-off' ? { sending: false } : {}),
  };
}
