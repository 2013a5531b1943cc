/**
 * One participant in one lab, from this browser: the identity, the pipe to the server, what waits here, and what the
 * server says about this participant. Every open notebook of the lab shares one seat.
 *
 * Its connection, as shown: `connecting` → `online` (by socket or HTTP) → `offline` since an instant → … ;
 * `by-kernel`: the page may not reach this server, the kernel's own pipe does; `expired`: join again; `deleted`: the lab is
 * gone from the server, and what was not sent can be downloaded.
 */
import {
  wireVersion,
  type BatchReply,
  type CheckpointReply,
  type Enrolment,
  type LabStatus,
  type MeView,
  type SubmissionView,
} from '@nbpulse/schema/wire';
import { Signal } from '@lumino/signaling';
import { Activity } from './activity.js';
import { isBlockedFrom, liveUrl, type ServerAddress } from './address.js';
import { ServerApi, type ApiProblem } from './api.js';
import type { Clock } from './clock.js';
import { eventHead, type EventHead } from './custodian.js';
import type { Dial } from './dial.js';
import { HandIns, type HandIn } from './hand-ins.js';
import type { Outbox } from './outbox.js';
import { Results } from './results.js';
import { Sending } from './sending.js';
import type { Identity } from './store.js';
import { Trials } from './trials.js';
import { unsentOf, type Unsent } from './unsent.js';
import { counted, Unanswered, type WaitingRecord } from './unanswered.js';
import { Uplink, type UplinkState } from './uplink.js';

export type Connection =
  | { kind: 'connecting' }
  | { kind: 'online' }
  | { kind: 'offline'; since: number }
  | { kind: 'by-kernel' }
  | { kind: 'expired'; message: string }
  | { kind: 'deleted'; message: string };

export interface SeatParts {
  server: ServerAddress;
  identity: Identity;
  outbox: Outbox;
  dial: Dial;
  clock: Clock;
  pageProtocol: string;
  /** Keeps what the student chose on this computer. */
  note: (choice: Pick<Identity, 'sending' | 'isActivityTold'>) => Promise<unknown>;
  /** Absent: the browser's own. */
  fetchFrom?: typeof fetch | undefined;
}

/** What a refresh tells is mostly known here already; a class of 300 must not ask more often than it sends. */
const refreshDelayMs = 4_000;
const disconnectGraceMs = 1_500;
const sendingOffWords = 'You switched sending off. It stays on this computer until you switch it on.';

export class Seat {
  readonly changed = new Signal<this, undefined>(this);
  readonly answered = new Signal<this, BatchReply>(this);
  readonly api: ServerApi;
  readonly identity: Identity;
  readonly server: ServerAddress;
  /** The switch "Send to my teacher". */
  readonly sending: Sending;
  readonly activity: Activity;
  readonly trials: Trials;

  lab: { id: string; name: string; status: LabStatus };
  me: MeView | null = null;
  lastSavedAt: number | null = null;
  lastCheckpoint: CheckpointReply | null = null;
  /** Shown once, in the status line. */
  notice: string | null = null;

  private readonly uplink: Uplink;
  private readonly handIns: HandIns;
  private readonly submissions = new Results();
  private readonly unanswered = new Unanswered();
  /** When the line went; `offlineSince` follows once it stays away. */
  private lostAt: number | null = null;
  private offlineSince: number | null = null;
  private end: Extract<Connection, { message: string }> | null = null;
  private hasBeenOnline = false;
  private cancelRefresh: (() => void) | null = null;
  private cancelOffline: () => void = () => undefined;

  constructor(private readonly parts: SeatParts) {
    const { server, identity, clock, outbox } = parts;
    this.server = server;
    this.identity = identity;
    this.lab = { id: identity.lab, name: identity.labName, status: 'open' };
    this.api = new ServerApi(server, identity.token, parts.fetchFrom);
    this.handIns = new HandIns(this.api, outbox, clock);
    this.trials = new Trials(this.api, clock);
    this.trials.changed.connect(() => this.changed.emit(undefined));
    this.trials.expired.connect((_, problem) => this.endBy(problem));
    this.sending = new Sending({
      kept: identity.sending,
      keep: (sending) => parts.note({ sending }),
      tell: (isOn) => this.api.setSending(isOn),
      clock,
    });
    this.activity = new Activity({
      isCollected: () => this.isActivityCollected,
      isTold: identity.isActivityTold === true,
      waiting: () => this.uplink.activityWaiting,
      take: (stream, event) => void this.take(stream, [event]),
      noteTold: () => parts.note({ isActivityTold: true }),
      changed: () => this.changed.emit(undefined),
      clock,
    });
    this.sending.changed.connect((_, isOn) => this.onSending(isOn));
    this.sending.told.connect(() => this.changed.emit(undefined));
    this.uplink = new Uplink({
      url: liveUrl(server),
      token: identity.token,
      isBlocked: isBlockedFrom(parts.pageProtocol, server),
      dial: parts.dial,
      post: (batch) => this.api.events(identity.lab, batch),
      clock,
    });
    this.uplink.stateChanged.connect((_, state) => this.onUplink(state));
    this.uplink.answered.connect((_, reply) => void this.onAnswered(reply));
    this.uplink.noticed.connect((_, message) => this.note(message));
    this.uplink.pushed.connect((_, message) => {
      if (message.type === 'submission') this.submissions.take(message.submission);
      else if (message.type === 'trial') this.trials.take(message.trial);
      else if (message.type === 'me') this.sending.hear(message.sending);
      else this.lab = message.lab;
      if (message.type !== 'submission' && message.type !== 'trial') this.refreshSoon();
      this.changed.emit(undefined);
    });
    this.handIns.changed.connect(() => this.changed.emit(undefined));
    this.handIns.expired.connect((_, problem) => this.endBy(problem));
    this.handIns.handed.connect((_, handed) => {
      if (handed.kind === 'checkpoint') {
        this.lastCheckpoint = handed.reply;
      } else {
        this.submissions.takeReceipt(handed.receipt);
      }
      this.refreshSoon();
      this.changed.emit(undefined);
    });
  }

  get connection(): Connection {
    if (this.end !== null) return this.end;
    const { kind } = this.uplink.state;
    if (kind === 'blocked') return { kind: 'by-kernel' };
    if (this.offlineSince !== null) return { kind: 'offline', since: this.offlineSince };
    return this.hasBeenOnline ? { kind: 'online' } : { kind: 'connecting' };
  }
  get waiting(): number {
    return this.uplink.waiting;
  }
  /** Records made after the close, or while sending was off: kept here, and sent if the lab opens again, or sending is on. */
  get held(): number {
    return this.uplink.held;
  }
  get onTheirWay(): HandIn[] {
    return this.handIns.all;
  }
  /** The newest few of what waits here, newest first. */
  get newestWaiting(): WaitingRecord[] {
    return this.unanswered.newest;
  }
  /** Newest first. */
  get results(): SubmissionView[] {
    return this.submissions.all;
  }
  get enrolment(): Enrolment {
    const { server, lab, participant, token, name } = this.identity;
    return { server, lab, participant, token, name };
  }

  async start(): Promise<void> {
    const kept = await this.parts.outbox.records(this.identity.participant);
    for (const record of kept) {
      const head = eventHead.safeParse(record.event);
      if (head.success) this.unanswered.follow(record.stream, [head.data]);
      this.uplink.offer(record.stream, [record], this.isWithheld(record.event) ? 'sending-off' : null);
    }
    this.sending.retryNow();
    this.uplink.start();
    await this.handIns.resume(this.identity.participant);
    await this.refresh();
  }

  stop(): void {
    this.uplink.stop();
    this.handIns.stop();
    this.trials.stop();
    this.sending.stop();
    this.cancelRefresh?.();
    this.cancelOffline();
    Signal.clearData(this);
  }

  /** Sends at once and keeps a copy meanwhile: a record must not wait for this computer's disk. */
  async take(stream: string, events: EventHead[]): Promise<void> {
    this.unanswered.follow(stream, events);
    // This page can't carry them, and a copy that never goes out would wait here for ever: the kernel's pipe does it.
    if (this.uplink.state.kind === 'blocked') return;
    const participant = this.identity.participant;
    const withheld = events.filter((event) => this.isWithheld(event));
    const offered = events.filter((event) => !withheld.includes(event));
    const numbered = (some: EventHead[]) => some.map((event) => ({ seq: event.seq, event }));
    this.uplink.offer(stream, numbered(withheld), 'sending-off');
    this.uplink.offer(stream, numbered(offered));
    if (withheld.length > 0) {
      const refused = withheld.map(({ seq }) => ({ seq, code: 'sending-off' as const, message: sendingOffWords }));
      const receivedAt = new Date(this.parts.clock.now()).toISOString();
      this.answered.emit({ v: wireVersion, stream, saved: [], refused, receivedAt });
    }
    this.changed.emit(undefined);
    try {
      // Its transaction begins before any answer can arrive, so the drop that follows an answer comes after it.
      await this.parts.outbox.keepRecords(events.map((event) => ({ stream, seq: event.seq, participant, event })));
    } catch {
      // The journal beside the kernel has them; only the copy is missing.
      this.note(
        'This browser has no room left for copies of your answers. They stay in the kernel until they are sent.',
      );
    }
  }

  /** The kernel's own pipe brought the server's word. */
  hearKernel(stream: string, told: Pick<BatchReply, 'saved' | 'refused'>): void {
    const receivedAt = new Date(this.parts.clock.now()).toISOString();
    this.uplink.settleElsewhere({ v: wireVersion, stream, ...told, receivedAt });
  }

  handIn(upload: {
    kind: 'checkpoint' | 'submission';
    assignment: string | null;
    path: string;
    bytes: Uint8Array;
    sha256: string;
    id: string;
  }): Promise<void> {
    const madeAt = new Date(this.parts.clock.now()).toISOString();
    return this.handIns.add({ ...upload, participant: this.identity.participant, madeAt, refusal: null });
  }
  /** What this browser still holds, as a file to keep. */
  unsent(): Promise<Unsent> {
    return unsentOf(this.parts.outbox, this.identity);
  }
  dismiss(id: string): Promise<void> {
    return this.handIns.dismiss(id);
  }

  /** Gives what waits a last chance to go out; resolves when nothing waits, or after `patienceMs`. */
  async drain(patienceMs: number): Promise<void> {
    this.retryNow();
    const isDone = (): boolean => this.waiting === 0 && this.onTheirWay.every(({ upload }) => upload.refusal !== null);
    if (isDone()) return;
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (isDone()) finish();
      };
      const cancel = this.parts.clock.after(patienceMs, () => finish());
      const finish = (): void => {
        cancel();
        this.changed.disconnect(look);
        resolve();
      };
      this.changed.connect(look);
    });
  }

  retryNow(): void {
    this.uplink.retryNow();
    this.handIns.sendAll();
    this.sending.retryNow();
  }
  tellPresence(presence: 'online' | 'idle'): void {
    this.uplink.tellPresence(presence);
  }
  note(message: string): void {
    if (this.notice === message) return;
    this.notice = message;
    this.changed.emit(undefined);
  }
  clearNotice(): void {
    this.notice = null;
    this.changed.emit(undefined);
  }

  async refresh(): Promise<void> {
    const reply = await this.api.me();
    if (reply.ok) {
      const wasOpen = this.lab.status === 'open';
      this.me = reply.value;
      this.lab = { id: reply.value.lab.id, name: reply.value.lab.name, status: reply.value.lab.status };
      this.sending.hear(reply.value.sending);
      if (!this.isActivityCollected) this.dropActivity();
      if (!wasOpen && this.lab.status === 'open') this.uplink.release('lab-closed');
      for (const submission of reply.value.submissions) this.submissions.take(submission);
      for (const trial of reply.value.trials ?? []) this.trials.take(trial);
      const times = reply.value.questions.flatMap(({ lastAt }) => (lastAt === null ? [] : [Date.parse(lastAt)]));
      if (times.length > 0) this.lastSavedAt = Math.max(this.lastSavedAt ?? 0, ...times);
    } else {
      this.endBy(reply.problem);
    }
    // Nothing is pushed to a page that has no socket: while a run goes on, it asks.
    if (this.uplink.state.kind === 'blocked' && this.submissions.isAnyUnderWay) this.refreshSoon();
    this.changed.emit(undefined);
  }

  private refreshSoon(): void {
    this.cancelRefresh ??= this.parts.clock.after(refreshDelayMs, () => {
      this.cancelRefresh = null;
      void this.refresh();
    });
  }

  /** Made after sending was switched off here: the server may not know of the switch yet. */
  private isWithheld(event: unknown): boolean {
    const offAt = this.sending.offAt;
    if (offAt === null || typeof event !== 'object' || event === null || !('madeAt' in event)) return false;
    return typeof event.madeAt === 'string' && Date.parse(event.madeAt) > offAt;
  }

  private onSending(isOn: boolean): void {
    if (isOn) this.uplink.release('sending-off');
    else this.dropActivity();
    this.refreshSoon();
    this.changed.emit(undefined);
  }

  private get isActivityCollected(): boolean {
    return this.me?.lab.activity === true && this.lab.status === 'open' && this.sending.isOn && this.end === null;
  }

  /** It stops at once, and what was not sent yet is forgotten. */
  private dropActivity(): void {
    for (const { stream, seq } of this.uplink.dropActivity()) {
      this.parts.outbox.dropRecords(stream, [seq]).catch(() => undefined);
    }
  }

  private onUplink(state: UplinkState): void {
    if (state.kind === 'online' || state.kind === 'http') {
      this.cancelOffline();
      this.lostAt = null;
      this.offlineSince = null;
      this.hasBeenOnline = true;
      this.handIns.sendAll();
      this.sending.retryNow();
      void this.refresh();
    } else if (state.kind === 'waiting' && this.lostAt === null) {
      // Since the first loss, however many dials fail after it; and a blip of a second is not worth a word.
      const lostAt = this.parts.clock.now();
      this.lostAt = lostAt;
      this.cancelOffline = this.parts.clock.after(this.hasBeenOnline ? disconnectGraceMs : 0, () => {
        this.offlineSince = lostAt;
        this.changed.emit(undefined);
      });
    } else if (state.kind === 'refused') {
      this.endBy(state);
    }
    this.changed.emit(undefined);
  }

  private async onAnswered(reply: BatchReply): Promise<void> {
    if (reply.saved.length > 0) {
      this.lastSavedAt = this.parts.clock.now();
      for (const seq of reply.saved) {
        const record = this.unanswered.settle(reply.stream, seq);
        if (record && this.me) this.me = counted(this.me, record);
      }
      this.refreshSoon();
    }
    if (reply.sending === false) this.sending.hear(false);
    const deletion = reply.refused.find(({ code }) => code === 'lab-deleted');
    if (deletion) this.uplink.refuse(deletion.code, deletion.message);
    this.answered.emit(reply);
    this.changed.emit(undefined);
    // What is held stays here: for a lab that opens again, for sending switched on, or to be downloaded.
    const final = reply.refused.map(({ seq }) => seq).filter((seq) => !this.uplink.has(reply.stream, seq));
    for (const seq of final) this.unanswered.settle(reply.stream, seq);
    await this.parts.outbox.dropRecords(reply.stream, [...reply.saved, ...final]).catch(() => undefined);
  }

  /** Some answers are the end of this seat. */
  private endBy({ code, message }: { code: ApiProblem['code'] | (string & {}); message: string }): void {
    if (code === 'lab-deleted') this.end = { kind: 'deleted', message };
    else if (['bad-token', 'not-signed-in', 'not-allowed', 'version'].includes(code))
      this.end = { kind: 'expired', message };
    else return;
    this.uplink.stop();
    this.changed.emit(undefined);
  }
}
