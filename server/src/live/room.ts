/**
 * One lab's live page, in memory: its watchers (staff), its participants' sockets, who is there.
 *
 * Changes come in the order of the log and leave in deltas: at once after a quiet moment, then at most one per `deltaMs`, stretched
 * to `busyDeltaMs` above `busyChangesPerSecond`. A watcher is *catching up* (its missing part of the log is being read; deltas wait
 * for it) or *at* a revision, from which each delta takes it on.
 */
import {
  second,
  wireVersion,
  type Change,
  type Presence,
  type ServerMessage,
  type StaffRole,
} from '@nbpulse/schema/wire';
import { labErasedWords } from '../access/index.js';
import { ChangeOrder, type ReadLog } from './change-order.js';
import type { Clock } from './clock.js';
import { LabPresence } from './presence.js';

export const deltaMs = 16;
export const busyDeltaMs = 100;
export const busyChangesPerSecond = 200;
const presenceMs = 250;

export interface Watcher {
  role: StaffRole;
  /** Takes a message as JSON text. */
  send(text: string): void;
}
export interface ParticipantLink {
  participantId: string;
  deviceId: string;
  send(message: ServerMessage): void;
  /** Says why and closes. */
  end(code: 'lab-deleted' | 'bad-token', message: string): void;
}
/** What a participant is told when something of theirs changed; null when it is gone. */
export type OwnSubmission = (
  participantId: string,
  submissionId: string,
) => Promise<Extract<ServerMessage, { type: 'submission' }>['submission'] | null>;

export class Room {
  readonly presence = new LabPresence();
  readonly order: ChangeOrder;
  /** `at` null: catching up. */
  readonly #watchers = new Map<Watcher, { at: number | null; missed: Change[]; missedTo: number }>();
  readonly #links = new Set<ParticipantLink>();
  /** How many wait for their hello's answer. */
  entering = 0;
  #queued: Change[] = [];
  #deltaTimer = false;
  #lastDeltaAt = 0;
  #presenceTimer = false;
  /** Changes of the running second, and of the one before. */
  #counted = { since: 0, now: 0, before: 0 };

  constructor(
    readonly labId: string,
    readLog: ReadLog,
    readonly clock: Clock,
    readonly ownSubmission: OwnSubmission,
    readonly failed: (error: unknown) => void,
  ) {
    this.order = new ChangeOrder(labId, readLog, clock, {
      changes: (_to, changes, writtenHere) => this.#take(changes, writtenHere),
      lost: () => this.#reloadAll('The page was too far behind. It loads the present state.'),
      failed,
    });
  }

  /** Deltas from now on wait for it, until `caughtUp`. */
  watch(watcher: Watcher): void {
    this.#watchers.set(watcher, { at: null, missed: [], missedTo: 0 });
  }

  /** It has everything up to this revision; what came since follows. */
  caughtUp(watcher: Watcher, rev: number): void {
    const place = this.#watchers.get(watcher);
    if (!place) return;
    const missed = place.missed.filter((change) => change.rev > rev);
    place.at = Math.max(rev, place.missedTo);
    place.missed = [];
    if (place.at > rev) watcher.send(updateText(rev, place.at, missed, watcher.role));
  }

  /** An update for one watcher, with what its role may see. */
  updateFor(watcher: Watcher, from: number, to: number, changes: Change[]): string {
    return updateText(from, to, changes, watcher.role);
  }

  leave(who: Watcher | ParticipantLink): void {
    this.#watchers.delete(who as Watcher);
    this.#links.delete(who as ParticipantLink);
    this.restIfEmpty();
  }

  /** Nobody is there, nor about to be: changes are not followed. */
  restIfEmpty(): void {
    if (this.entering > 0 || this.#watchers.size > 0 || this.#links.size > 0) return;
    this.order.stop();
    this.#queued = [];
  }

  link(link: ParticipantLink): void {
    this.#links.add(link);
  }

  tell(participantId: string, message: ServerMessage): void {
    for (const link of this.#links) if (link.participantId === participantId) link.send(message);
  }

  endDevices(deviceIds: string[], message: string): void {
    for (const link of this.#links) if (deviceIds.includes(link.deviceId)) link.end('bad-token', message);
  }

  /** Somebody's presence may have changed; staff are told soon, together with others'. */
  presenceMoved(): void {
    if (this.#presenceTimer || this.#watchers.size === 0) return;
    this.#presenceTimer = true;
    this.clock.after(presenceMs, () => {
      this.#presenceTimer = false;
      const presence: Presence[] = this.presence.takeChanges();
      if (presence.length === 0) return;
      const text = JSON.stringify({ v: wireVersion, type: 'presence', presence } satisfies ServerMessage);
      // Who is catching up gets everybody's presence at the end of it.
      for (const [watcher, place] of this.#watchers) if (place.at !== null) watcher.send(text);
    });
  }

  #take(changes: Change[], writtenHere: boolean): void {
    for (const change of changes) this.#tellParticipants(change, writtenHere);
    this.#count(changes.length);
    this.#queued.push(...changes);
    if (changes.some(erases)) {
      this.#reloadAll('Something in this lab was erased. The page loads the present state.');
      return;
    }
    if (this.#watchers.size === 0) {
      this.#queued = [];
      return;
    }
    if (this.#deltaTimer) return;
    this.#deltaTimer = true;
    const everyMs = Math.max(this.#counted.before, this.#counted.now) > busyChangesPerSecond ? busyDeltaMs : deltaMs;
    this.clock.after(Math.max(0, this.#lastDeltaAt + everyMs - this.clock.now()), () => this.#sendDelta());
  }

  #sendDelta(): void {
    this.#deltaTimer = false;
    this.#lastDeltaAt = this.clock.now();
    const to = this.order.head;
    const changes = this.#queued;
    this.#queued = [];
    if (to === null) return;
    // Nearly all watchers are at the same revision: each text is made once.
    const texts = new Map<string, string>();
    for (const [watcher, place] of this.#watchers) {
      if (place.at === null) {
        place.missed.push(...changes);
        place.missedTo = to;
        continue;
      }
      if (place.at >= to) continue;
      const from = place.at;
      const key = `${from} ${watcher.role === 'assistant' ? 'assistant' : 'teacher'}`;
      let text = texts.get(key);
      if (text === undefined) {
        text = updateText(
          from,
          to,
          changes.filter((change) => change.rev > from),
          watcher.role,
        );
        texts.set(key, text);
      }
      place.at = to;
      watcher.send(text);
    }
  }

  #tellParticipants(change: Change, writtenHere: boolean): void {
    switch (change.kind) {
      case 'lab': {
        const { id, name, status } = change.lab;
        if (change.lab.erasedAt !== null) {
          for (const link of [...this.#links]) link.end('lab-deleted', labErasedWords);
          break;
        }
        for (const link of this.#links) link.send({ v: wireVersion, type: 'lab', lab: { id, name, status } });
        break;
      }
      case 'lab-deleted':
        for (const link of [...this.#links])
          link.end('lab-deleted', 'This lab was deleted, with all that was sent to it.');
        break;
      case 'participant':
        if (change.participant.erasedAt !== null) {
          for (const link of [...this.#links]) {
            if (link.participantId === change.participant.id)
              link.end('bad-token', 'Everything about you in this course was erased by its teacher.');
          }
        } else if (change.participant.removed) {
          for (const link of [...this.#links]) {
            if (link.participantId === change.participant.id)
              link.end('bad-token', 'You were removed from this lab by its teacher.');
          }
        } else {
          const { id, sending } = change.participant;
          for (const link of this.#links)
            if (link.participantId === id) link.send({ v: wireVersion, type: 'me', sending });
        }
        break;
      case 'submission':
        // Whoever wrote it here has told its participant already.
        if (!writtenHere && [...this.#links].some((link) => link.participantId === change.submission.participant)) {
          void this.#tellSubmission(change.submission.id, change.submission.participant);
        }
        break;
      case 'question':
      case 'record':
      case 'dropped':
      case 'activity':
      case 'checkpoint':
      case 'notebook-run':
        break;
      default:
        change satisfies never;
    }
  }

  async #tellSubmission(submissionId: string, participantId: string): Promise<void> {
    try {
      const submission = await this.ownSubmission(participantId, submissionId);
      if (submission) this.tell(participantId, { v: wireVersion, type: 'submission', submission });
    } catch (error) {
      this.failed(error);
    }
  }

  #reloadAll(reason: string): void {
    this.#queued = [];
    const text = JSON.stringify({ v: wireVersion, type: 'reload', reason } satisfies ServerMessage);
    for (const [watcher, place] of this.#watchers) {
      place.at = this.order.head;
      watcher.send(text);
    }
  }

  #count(changes: number): void {
    const now = this.clock.now();
    if (now - this.#counted.since >= 1 * second) {
      const before = now - this.#counted.since < 2 * second ? this.#counted.now : 0;
      this.#counted = { since: now, now: 0, before };
    }
    this.#counted.now += changes;
  }
}

/** What went with it is in no log any more, so that pages must let go of all that they hold. */
export const erases = (change: Change): boolean =>
  (change.kind === 'lab' && change.lab.erasedAt !== null) ||
  (change.kind === 'participant' && change.participant.erasedAt !== null);

/** Assistants see no grades. */
function forRole(change: Change, role: StaffRole): Change {
  if (change.kind !== 'submission' || role !== 'assistant') return change;
  return { ...change, submission: { ...change.submission, outcome: null, points: null, maxPoints: null } };
}

function updateText(from: number, to: number, changes: Change[], role: StaffRole): string {
  return JSON.stringify({
    v: wireVersion,
    type: 'update',
    from,
    to,
    changes: changes.map((change) => forRole(change, role)),
  } satisfies ServerMessage);
}
