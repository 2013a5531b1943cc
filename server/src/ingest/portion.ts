import type { ReadyBatch } from './batch.js';
import type { ReadyEvent } from './read-event.js';

/** One event with the batch that it came in. */
export interface Portion {
  batch: ReadyBatch;
  event: ReadyEvent;
}
