/** What the sender of a batch is told. */
import type { BatchReply } from '@nbpulse/schema/wire';

export type Taken =
  | { reply: BatchReply }
  | {
      refused: {
        code: 'invalid' | 'too-fast' | 'unavailable' | 'bad-token';
        message: string;
        retryAfterMs?: number;
      };
    };

const databaseAwayMs = 1_000;

export const unavailable: Taken = {
  refused: {
    code: 'unavailable',
    message:
      'The server’s database is away for a moment. Nothing is lost: these records stay where they are and are sent again.',
    retryAfterMs: databaseAwayMs,
  },
};

export const removed: Taken = {
  refused: {
    code: 'bad-token',
    message: 'You were removed from this lab by its teacher. Ask them, or join again with the lab’s code.',
  },
};

export function tooFast(message: string, retryAfterMs: number): Taken {
  return { refused: { code: 'too-fast', message, retryAfterMs } };
}
