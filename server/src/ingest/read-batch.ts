/** A batch as it came, read: each of its events for itself. */
import type { EventBatch } from '@nbpulse/schema/wire';
import type { ParticipantCaller } from '../access/index.js';
import type { ReadyBatch } from './batch.js';
import { readEvent } from './read-event.js';

/** @returns the batch, or what is wrong with all of it */
export function readBatch(
  { labId, participantId }: ParticipantCaller,
  wire: EventBatch,
  receivedAt: Date,
): ReadyBatch | { unnumbered: string } {
  const batch: ReadyBatch = {
    stream: wire.stream.toLowerCase(),
    labId,
    participantId,
    receivedAt,
    skewMs: receivedAt.getTime() - Date.parse(wire.sentAt),
    events: [],
    refused: [],
  };
  for (const raw of wire.events) {
    const read = readEvent(raw);
    if ('unnumbered' in read) return read;
    if ('refused' in read) batch.refused.push(read.refused);
    else batch.events.push(read);
  }
  return batch;
}
