/**
 * The user ids that sandboxes get outside. A student's process must never be root, nor a person, nor another sandbox:
 * each sandbox of each run has an id of its own while it lives. The range is one that neither Debian's policy nor
 * systemd hands out (60578–60705 and 61184 upwards are systemd's, 1000–59999 are people).
 */
import { randomInt } from 'node:crypto';

const firstUid = 60_800;
const pairs = 190;
const taken = new Set<number>();

/** Behind the pairs: who a warm parent is outside. It runs no student's code and owns no file. */
export const nurseryUid = firstUid + 2 * pairs;

/**
 * A nursery's user namespace, as lines of `/proc/PID/uid_map`: itself as 0, and every id that a sandbox may get.
 * Written by root; without root there is one id, the own one.
 */
export const nurseryIdMap = `0 ${nurseryUid} 1\n1 ${firstUid} ${2 * pairs}\n`;

/** How a nursery calls an id of `takeUidPair`. */
export const uidInNursery = (uid: number): number => uid - firstUid + 1;

export interface UidPair {
  oracle: number;
  probe: number;
  giveBack(): void;
}

/** @throws Error when 190 runs are under way in this process. */
export function takeUidPair(): UidPair {
  if (taken.size >= pairs) throw new Error(`${pairs} runs are under way; more cannot have user ids of their own.`);
  let slot = randomInt(pairs);
  while (taken.has(slot)) slot = (slot + 1) % pairs;
  taken.add(slot);
  const oracle = firstUid + 2 * slot;
  return { oracle, probe: oracle + 1, giveBack: () => void taken.delete(slot) };
}
