/**
 * How fast somebody may guess passwords: failed sign-ins slow down per account and device, never per address, because a
 * whole school can sit behind one.
 *
 * A device is known to an account when it once signed in to it (it then holds a signed cookie, see `device-mark.ts`). All
 * other devices share one entry per account. So whoever guesses from anywhere is slowed down, while the owner's own
 * computer keeps its own pace; a session that exists is never touched.
 *
 * States of an entry: absent; counting (fewer than `freeAttempts` tries); waiting until `nextAt`. An attempt is counted when it
 * begins, so that many at once gain nothing, and taken back when the sign-in succeeds. Entries live in this process's memory.
 */
import { hour, second } from '@nbpulse/schema/wire';

const freeAttempts = 5;
const longestWaitMs = 60 * second;
const forgottenAfterMs = 1 * hour;
const mostEntries = 20_000;

interface Entry {
  attempts: number;
  nextAt: number;
  lastAt: number;
}

export interface SignInPace {
  /** Counts an attempt and answers 0, or answers how long to wait and counts nothing. */
  begin(email: string, device: string | null): number;
  /** The password was right: this account and device start anew. */
  succeeded(email: string, device: string | null): void;
  /** The attempt never reached the password (a fault of ours): it does not count. */
  forgive(email: string, device: string | null): void;
}

export function signInPace(now: () => number = Date.now): SignInPace {
  const entries = new Map<string, Entry>();
  const keyOf = (email: string, device: string | null): string => JSON.stringify([email, device]);

  /** Entries stand in the order of their last attempt: the forgotten ones, and when the table is full the oldest, come first. */
  const makeRoom = (at: number): void => {
    for (const [key, entry] of entries) {
      if (entry.lastAt + forgottenAfterMs > at && entries.size < mostEntries) return;
      entries.delete(key);
    }
  };

  return {
    begin(email, device) {
      const at = now();
      const key = keyOf(email, device);
      const known = entries.get(key);
      const entry = known && known.lastAt + forgottenAfterMs > at ? known : { attempts: 0, nextAt: 0, lastAt: at };
      if (entry.nextAt > at) return entry.nextAt - at;
      entry.attempts += 1;
      entry.lastAt = at;
      const over = entry.attempts - freeAttempts;
      if (over >= 0) entry.nextAt = at + Math.min(longestWaitMs, 2 ** Math.min(over, 10) * second);
      entries.delete(key);
      makeRoom(at);
      entries.set(key, entry);
      return 0;
    },
    succeeded(email, device) {
      entries.delete(keyOf(email, device));
    },
    forgive(email, device) {
      const entry = entries.get(keyOf(email, device));
      if (!entry) return;
      entry.attempts = Math.max(0, entry.attempts - 1);
      entry.nextAt = 0;
    },
  };
}
