/**
 * One live socket, from the server's side.
 *
 * *opening*: waits `helloWithinMs` for a hello; messages behind it wait for its answer.
 * *staff*: watches one lab: gets updates and presence, may only ping.
 * *participant*: sends events and presence, gets replies and what is its own.
 * *closed*: hears and says nothing.
 *
 * Whatever the peer sends, this never throws; what is not of the protocol is refused in words and the socket is closed. A peer that
 * reads too slowly is closed as well, and resumes by its own revision.
 */
import {
  clientMessage,
  limits,
  second,
  wireVersion,
  type ClientMessage,
  type EventBatch,
  type LabLog,
  type LabStatus,
  type ServerMessage,
  type liveRefusal,
} from '@nbpulse/schema/wire';
import type { z } from 'zod';
import { TokenBuckets, type Denied, type ParticipantCaller, type StaffCaller } from '../access/index.js';
import type { Taken } from '../ingest/index.js';
import type { Clock } from './clock.js';
import type { Hub } from './hub.js';
import { erases, type ParticipantLink, type Room, type Watcher } from './room.js';

/** The other end, as the network gives it. */
export interface Peer {
  send(text: string): void;
  close(code: number, reason: string): void;
  /** Sent, and not yet taken by the network. */
  bufferedBytes(): number;
}
export interface SessionDeps {
  hub: Hub;
  clock: Clock;
  readLog: (labId: string, since: number) => Promise<LabLog>;
  readLab: (labId: string) => Promise<{ id: string; name: string; status: LabStatus; rev: number } | null>;
  participant: (token: string) => Promise<ParticipantCaller | Denied>;
  /** Who of staff opened this socket, for that lab; denied for sockets from other sites' pages. */
  staff: (labId: string) => Promise<StaffCaller | Denied>;
  /** `bytes`: of the batch as it came. */
  take: (caller: ParticipantCaller, batch: EventBatch, bytes: number) => Promise<Taken>;
  /** Whether this error means that the database is away; another one is reported. */
  isAway: (error: unknown) => boolean;
}

export const helloWithinMs = 10 * second;
/** Batches of one socket that wait for their commit at once; a client needs only a few to keep the pipe full. */
export const batchesAtOnce = 16;
/** Messages that may wait behind the hello. */
const waitingMessages = 64;
/** Presence and pings; batches have a rate of their own, per device. */
const smallMessages = { perSecond: 10, burst: 100 };
/** A role that was taken away, a token that was revoked in another process: noticed after so long at the latest. */
export const recheckMs = 60 * second;

export const closeCodes = {
  badMessage: 4400,
  badToken: 4401,
  notAllowed: 4403,
  noHello: 4408,
  deleted: 4410,
  tooSlow: 4413,
  tooFast: 4429,
  away: 4503,
} as const;

type State =
  | { is: 'opening' }
  | { is: 'staff'; room: Room; watcher: Watcher }
  | { is: 'participant'; room: Room; link: ParticipantLink; caller: ParticipantCaller; taking: number }
  | { is: 'closed' };
type Refusal = z.infer<typeof liveRefusal>;

export class Session {
  #state: State = { is: 'opening' };
  #turn: Promise<void> = Promise.resolve();
  #waiting = 0;
  #waitingBytes = 0;
  readonly #smallMessages: TokenBuckets;
  #cancelRecheck: () => void = () => undefined;
  readonly #cancelHelloTimer: () => void;

  constructor(
    readonly peer: Peer,
    readonly deps: SessionDeps,
  ) {
    this.#smallMessages = new TokenBuckets(smallMessages, () => deps.clock.now());
    this.#cancelHelloTimer = deps.clock.after(helloWithinMs, () => {
      if (this.#state.is === 'opening')
        this.#end(closeCodes.noHello, 'bad-message', 'The socket’s first message must be a hello.');
    });
  }

  get state(): State['is'] {
    return this.#state.is;
  }

  /** All that was received is dealt with; for tests, and for a drain. */
  settled(): Promise<void> {
    return this.#turn;
  }

  receive(text: string): void {
    if (this.#state.is === 'closed') return;
    const message = readMessage(text);
    if ('wrong' in message) {
      this.#end(closeCodes.badMessage, message.code, message.wrong);
      return;
    }
    if (this.#state.is === 'opening') {
      this.#waiting++;
      this.#waitingBytes += text.length;
      if (this.#waiting > waitingMessages || this.#waitingBytes > limits.socketMessageBytes) {
        this.#end(closeCodes.badMessage, 'bad-message', 'Too much came before the hello was answered.');
        return;
      }
    }
    if (message.type !== 'events' && this.#smallMessages.take('') > 0) {
      this.#end(closeCodes.tooFast, 'too-fast', 'This socket sends too many messages. Connect again, and send fewer.');
      return;
    }
    this.#turn = this.#turn
      .then(() => this.#handle(message, text.length))
      .catch((error: unknown) => this.#fault(error));
  }

  /** What came is no message at all. */
  refuse(closeCode: number, message: string): void {
    this.#end(closeCode, 'bad-message', message);
  }

  /** The peer is gone. */
  closed(): void {
    this.#leave();
  }

  /** The server stops: the peer connects again, elsewhere or later. */
  goAway(): void {
    if (this.#state.is === 'closed') return;
    this.#leave();
    this.peer.close(1001, 'going away');
  }

  async #handle(message: ClientMessage, bytes: number): Promise<void> {
    const state = this.#state;
    if (state.is === 'closed') return;
    switch (message.type) {
      case 'ping':
        this.#send({ v: wireVersion, type: 'pong', at: message.at, serverAt: this.#nowText() });
        return;
      case 'hello':
        if (state.is !== 'opening') {
          this.#end(closeCodes.notAllowed, 'not-allowed', 'A socket says hello once. Open another one.');
          return;
        }
        if (message.as.role === 'staff') await this.#helloStaff(message.as.lab, message.as.since);
        else await this.#helloParticipant(message.as.token);
        return;
      case 'events':
      case 'presence':
        if (state.is === 'opening') {
          this.#end(closeCodes.badMessage, 'bad-message', 'The socket’s first message must be a hello.');
          return;
        }
        if (state.is === 'staff') {
          this.#end(
            closeCodes.notAllowed,
            'not-allowed',
            'Staff watch here; records and presence come from participants.',
          );
          return;
        }
        if (message.type === 'events') this.#takeEvents(state, message.id, message.batch, bytes);
        else {
          state.room.presence.reported(state.caller, message.state, message.waiting, this.deps.clock.now());
          state.room.presenceMoved();
        }
        return;
      default:
        message satisfies never;
    }
  }

  async #helloStaff(labId: string, since: number | undefined): Promise<void> {
    const caller = await this.deps.staff(labId);
    if ('denied' in caller) {
      this.#deny(caller);
      return;
    }
    const watcher: Watcher = { role: caller.role ?? 'assistant', send: (text) => this.#sendText(text) };
    const room = await this.deps.hub.enter(labId, (entered) => {
      if (this.#state.is === 'closed') return;
      this.#become({ is: 'staff', room: entered, watcher });
      entered.watch(watcher);
    });
    this.#recheckLater(() => this.deps.staff(labId));
    // Read after the room began to keep deltas for this page, so that none falls between the two.
    const lab = await this.deps.readLab(labId);
    if (!lab) throw new Error('the lab went while its staff said hello');
    const { id, name, status } = lab;
    this.#send({ v: wireVersion, type: 'welcome', serverAt: this.#nowText(), rev: lab.rev, lab: { id, name, status } });
    if (since === undefined) {
      room.caughtUp(watcher, lab.rev);
    } else if (since > lab.rev) {
      this.#reload('The page knows more than the server: its database was put back. The page loads the present state.');
      room.caughtUp(watcher, lab.rev);
    } else {
      const log = await this.deps.readLog(labId, since);
      if (log.changes.some(erases)) this.#reload('Something in this lab was erased. The page loads the present state.');
      else if (log.more) this.#reload('The page was away for long. It loads the present state.');
      else if (log.to > since) this.#sendText(room.updateFor(watcher, since, log.to, log.changes));
      room.caughtUp(watcher, log.to);
    }
    this.#send({ v: wireVersion, type: 'presence', presence: room.presence.all() });
  }

  async #helloParticipant(token: string): Promise<void> {
    const caller = await this.deps.participant(token);
    if ('denied' in caller) {
      this.#deny(caller);
      return;
    }
    const lab = await this.deps.readLab(caller.labId);
    if (!lab) throw new Error('the lab of a known token does not exist');
    const link: ParticipantLink = {
      participantId: caller.participantId,
      deviceId: caller.deviceId,
      send: (message) => this.#send(message),
      end: (code, message) =>
        this.#end(code === 'lab-deleted' ? closeCodes.deleted : closeCodes.badToken, code, message),
    };
    await this.deps.hub.enter(caller.labId, (room) => {
      if (this.#state.is === 'closed') return;
      this.#become({ is: 'participant', room, link, caller, taking: 0 });
      room.link(link);
      room.presence.connected(caller, this.deps.clock.now());
      room.presenceMoved();
    });
    this.#recheckLater(() => this.deps.participant(token));
    const { id, name, status } = lab;
    this.#send({ v: wireVersion, type: 'welcome', serverAt: this.#nowText(), lab: { id, name, status } });
  }

  /** Batches are committed side by side; a socket does not wait for one before it sends the next. */
  #takeEvents(state: Extract<State, { is: 'participant' }>, id: number, batch: EventBatch, bytes: number): void {
    if (state.taking >= batchesAtOnce) {
      const message = `At most ${batchesAtOnce} batches may wait for their answer. Wait for a reply, then send this one again.`;
      this.#send({ v: wireVersion, type: 'refused', id, code: 'too-fast', message, retryAfterMs: 200 });
      return;
    }
    state.taking++;
    this.deps
      .take(state.caller, batch, bytes)
      .then((taken) => {
        if ('reply' in taken) this.#send({ v: wireVersion, type: 'reply', id, reply: taken.reply });
        else if (taken.refused.code === 'invalid')
          this.#end(closeCodes.badMessage, 'bad-message', taken.refused.message);
        else if (taken.refused.code === 'bad-token') this.#end(closeCodes.badToken, 'bad-token', taken.refused.message);
        else this.#send({ v: wireVersion, type: 'refused', id, ...taken.refused, code: taken.refused.code });
      })
      .catch((error: unknown) => this.#fault(error))
      .finally(() => state.taking--);
  }

  #become(state: State): void {
    this.#cancelHelloTimer();
    this.#cancelRecheck();
    this.#state = state;
  }

  /** Asks again now and then whether whoever said hello may still be here. */
  #recheckLater(check: () => Promise<Denied | ParticipantCaller | StaffCaller>): void {
    if (this.#state.is === 'closed') return;
    this.#cancelRecheck = this.deps.clock.after(recheckMs, () => {
      check().then(
        (found) => {
          if (this.#state.is === 'closed') return;
          if ('denied' in found) this.#deny(found);
          else this.#recheckLater(check);
        },
        // The database is away: that is no reason to send anybody off.
        (error: unknown) => {
          this.deps.isAway(error);
          this.#recheckLater(check);
        },
      );
    });
  }

  #deny({ denied, problem }: Denied): void {
    if (denied === 410) this.#end(closeCodes.deleted, 'lab-deleted', problem.message);
    else if (problem.error === 'bad-token') this.#end(closeCodes.badToken, 'bad-token', problem.message);
    else this.#end(closeCodes.notAllowed, 'not-allowed', problem.message);
  }

  #leave(): void {
    const state = this.#state;
    this.#become({ is: 'closed' });
    if (state.is === 'staff') state.room.leave(state.watcher);
    if (state.is === 'participant') {
      state.room.leave(state.link);
      state.room.presence.disconnected(state.caller, this.deps.clock.now());
      state.room.presenceMoved();
    }
  }

  #end(closeCode: number, code: Refusal, message: string): void {
    if (this.#state.is === 'closed') return;
    this.#send({ v: wireVersion, type: 'refused', code, message });
    this.#leave();
    // The reason of a close frame has at most 123 bytes; the sentence went before it.
    this.peer.close(closeCode, code);
  }

  #fault(error: unknown): void {
    const away = this.deps.isAway(error);
    this.#end(
      closeCodes.away,
      'unavailable',
      away
        ? 'The server’s database is away for a moment. Nothing is lost; connect again.'
        : 'Something went wrong in the server. It was logged; connect again.',
    );
  }

  #reload(reason: string): void {
    this.#send({ v: wireVersion, type: 'reload', reason });
  }

  #send(message: ServerMessage): void {
    this.#sendText(JSON.stringify(message));
  }

  #sendText(text: string): void {
    if (this.#state.is === 'closed') return;
    if (this.peer.bufferedBytes() > limits.socketQueueBytes) {
      this.#leave();
      this.peer.close(closeCodes.tooSlow, 'reads too slowly; connect again with since');
      return;
    }
    this.peer.send(text);
  }

  #nowText(): string {
    return new Date(this.deps.clock.now()).toISOString();
  }
}

function readMessage(text: string): ClientMessage | { wrong: string; code: 'bad-message' | 'version' } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { code: 'bad-message', wrong: 'A message on this socket must be JSON.' };
  }
  if (typeof json === 'object' && json !== null && 'v' in json && json.v !== wireVersion) {
    return {
      code: 'version',
      wrong: `This server speaks version ${wireVersion} of the live protocol. Update the nbpulse extension, or reload the page.`,
    };
  }
  const parsed = clientMessage.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  return {
    code: 'bad-message',
    wrong:
      `This message is not of the live protocol${issue ? `: ${issue.path.join('.')}: ${issue.message}` : ''}`.slice(
        0,
        500,
      ),
  };
}
