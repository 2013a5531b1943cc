/**
 * One participant in one lab, from this browser: the identity, the pipe to the server, what waits here, and what the
 * server says about this participant. Every open notebook of the lab shares one seat.
 *
 * Its connection, as shown: `connecting` → `online` (by socket or HTTP) → `offline` since an instant → … ;
 * `by-kernel`: the page may not reach this server, the kernel's own pipe does; `expired`: join again.
 */
import {
  summaryOf,
  value,
  type LabStatus,
  type BatchReply,
  type CheckpointReply,
  type Enrolment,
  type MeView,
  type Receipt,
  type RecordView,
  type SubmissionView,
} from '@nbpulse/schema/wire';
import { Signal } from '@lumino/signaling';
import { isBlockedFrom, liveUrl, type ServerAddress } from './address.js';
import { ServerApi, type Reply } from './api.js';
import type { Clock } from './clock.js';
import { eventHead, type EventHead } from './custodian.js';
import type { Dial } from './dial.js';
import { HandIns, type HandIn } from './hand-ins.js';
import type { Outbox } from './outbox.js';
import type { Identity } from './store.js';
import { Uplink, type UplinkState } from './uplink.js';

export type Connection =
  | { kind: 'connecting' }
  | { kind: 'online' }
  | { kind: 'offline'; since: number }
  | { kind: 'by-kernel' }
  | { kind: 'expired'; message: string };

export interface WaitingRecord {
  question: string;
  summary: string;
  madeAt: string;
  isError: boolean;
}

export interface SeatParts {
  server: ServerAddress;
  identity: Identity;
  outbox: Outbox;
  dial: Dial;
  clock: Clock;
  pageProtocol: string;
  /** Absent: the browser's own. */
  fetchFrom?: typeof fetch | undefined;
}

/** What a refresh tells is mostly known here already; a class of 300 must not ask more often than it sends. */
const refreshDelayMs = 4_000;
const disconnectGraceMs = 1_500;

export class Seat {
  readonly changed = new Signal<this, undefined>(this);
  readonly answered = new Signal<this, BatchReply>(this);
  readonly api: ServerApi;
  readonly identity: Identity;
  readonly server: ServerAddress;

  lab: { id: string; name: string; status: LabStatus };
  me: MeView | null = null;
  lastSavedAt: number | null = null;
  lastCheckpoint: CheckpointReply | null = null;
  /** Shown once, in the status line. */
  notice: string | null = null;

  private readonly uplink: Uplink;
  private readonly handIns: HandIns;
  private readonly submissions = new Map<string, SubmissionView>();
  /** Each record that has no answer yet: to name it while it waits, and to count it the moment it is saved. */
  private readonly unanswered = new Map<string, WaitingRecord>();
  /** When the line went; `offlineSince` follows once it stays away. */
  private lostAt: number | null = null;
  private offlineSince: number | null = null;
  private expiry: string | null = null;
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
      if (message.type === 'submission') this.takeSubmission(message.submission);
      else this.lab = message.lab;
      if (message.type !== 'submission') this.refreshSoon();
      this.changed.emit(undefined);
    });
    this.handIns.changed.connect(() => this.changed.emit(undefined));
    this.handIns.expired.connect((_, problem) => this.expire(problem.message));
    this.handIns.handed.connect((_, handed) => {
      if (handed.kind === 'checkpoint') {
        this.lastCheckpoint = handed.reply;
      } else {
        this.takeReceipt(handed.receipt);
      }
      this.refreshSoon();
      this.changed.emit(undefined);
    });
  }

  get connection(): Connection {
    if (this.expiry !== null) return { kind: 'expired', message: this.expiry };
    const { kind } = this.uplink.state;
    if (kind === 'blocked') return { kind: 'by-kernel' };
    if (this.offlineSince !== null) return { kind: 'offline', since: this.offlineSince };
    return this.hasBeenOnline ? { kind: 'online' } : { kind: 'connecting' };
  }
  get waiting(): number {
    return this.uplink.waiting;
  }
  /** Records made after the close: kept here, and sent if the lab opens again. */
  get held(): number {
    return this.uplink.held;
  }
  get onTheirWay(): HandIn[] {
    return this.handIns.all;
  }
  /** The newest few of what waits here, newest first. */
  get newestWaiting(): WaitingRecord[] {
    return [...this.unanswered.values()].slice(-5).reverse();
  }
  /** Newest first. */
  get results(): SubmissionView[] {
    return [...this.submissions.values()].sort((a, b) => b.receivedAt.localeCompare(a.receivedAt));
  }
  get enrolment(): Enrolment {
    const { server, lab, participant, token, name } = this.identity;
    return { server, lab, participant, token, name };
  }

  async start(): Promise<void> {
    const kept = await this.parts.outbox.records(this.identity.participant);
    for (const record of kept) {
      const head = eventHead.safeParse(record.event);
      if (head.success) this.follow(record.stream, [head.data]);
      this.uplink.offer(record.stream, [record]);
    }
    this.uplink.start();
    await this.handIns.resume(this.identity.participant);
    await this.refresh();
  }

  stop(): void {
    this.uplink.stop();
    this.handIns.stop();
    this.cancelRefresh?.();
    this.cancelOffline();
    Signal.clearData(this);
  }

  /** Sends at once and keeps a copy meanwhile: a record must not wait for this computer's disk. */
  async take(stream: string, events: EventHead[]): Promise<void> {
    this.follow(stream, events);
    // This page can't carry them, and a copy that never goes out would wait here for ever: the kernel's pipe does it.
    if (this.uplink.state.kind === 'blocked') return;
    const participant = this.identity.participant;
    this.uplink.offer(
      stream,
      events.map((event) => ({ seq: event.seq, event })),
    );
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

  storedAboutMe(): Promise<Reply<RecordView[]>> {
    return this.api.records();
  }

  retryNow(): void {
    this.uplink.retryNow();
    this.handIns.sendAll();
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
      this.me = reply.value;
      this.lab = { id: reply.value.lab.id, name: reply.value.lab.name, status: reply.value.lab.status };
      for (const submission of reply.value.submissions) this.takeSubmission(submission);
      const times = reply.value.questions.flatMap(({ lastAt }) => (lastAt === null ? [] : [Date.parse(lastAt)]));
      if (times.length > 0) this.lastSavedAt = Math.max(this.lastSavedAt ?? 0, ...times);
    } else if (reply.problem.code === 'bad-token' || reply.problem.code === 'not-signed-in') {
      this.expire(reply.problem.message);
    }
    // Nothing is pushed to a page that has no socket: while a run goes on, it asks.
    const isGoing = this.results.some((view) => view.endedAt === null && view.status !== 'ungraded');
    if (this.uplink.state.kind === 'blocked' && isGoing) this.refreshSoon();
    this.changed.emit(undefined);
  }

  private refreshSoon(): void {
    this.cancelRefresh ??= this.parts.clock.after(refreshDelayMs, () => {
      this.cancelRefresh = null;
      void this.refresh();
    });
  }

  private follow(stream: string, events: EventHead[]): void {
    for (const event of events) {
      if (event.kind !== 'record' || event.question === undefined) continue;
      const parsed = value.safeParse(event['value']);
      this.unanswered.set(`${stream}/${event.seq}`, {
        question: event.question,
        summary: parsed.success ? summaryOf(parsed.data) : '',
        madeAt: typeof event['madeAt'] === 'string' ? event['madeAt'] : '',
        isError: parsed.success && parsed.data.t === 'error',
      });
    }
  }

  /** Shows a saved record at once, before the next refresh confirms it. */
  private count(stream: string, seq: number): void {
    const key = `${stream}/${seq}`;
    const record = this.unanswered.get(key);
    this.unanswered.delete(key);
    if (!record || !this.me) return;
    const status = record.isError ? ('error' as const) : ('answered' as const);
    const known = this.me.questions.find((question) => question.key === record.question);
    // The server's own count has it already: this answer was to a copy (another tab, the kernel's own pipe).
    if (known?.lastAt && Date.parse(record.madeAt) <= Date.parse(known.lastAt)) return;
    const next = {
      key: record.question,
      title: known?.title ?? null,
      status,
      records: (known?.records ?? 0) + 1,
      lastAt: record.madeAt,
    };
    const questions = known
      ? this.me.questions.map((question) => (question === known ? next : question))
      : [...this.me.questions, next];
    this.me = { ...this.me, questions };
  }

  private onUplink(state: UplinkState): void {
    if (state.kind === 'online' || state.kind === 'http') {
      this.cancelOffline();
      this.lostAt = null;
      this.offlineSince = null;
      this.hasBeenOnline = true;
      this.handIns.sendAll();
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
      this.expire(state.message);
    }
    this.changed.emit(undefined);
  }

  private async onAnswered(reply: BatchReply): Promise<void> {
    if (reply.saved.length > 0) {
      this.lastSavedAt = this.parts.clock.now();
      for (const seq of reply.saved) this.count(reply.stream, seq);
      this.refreshSoon();
    }
    this.answered.emit(reply);
    this.changed.emit(undefined);
    const final = reply.refused.filter(({ code }) => code !== 'lab-closed').map(({ seq }) => seq);
    for (const seq of final) this.unanswered.delete(`${reply.stream}/${seq}`);
    await this.parts.outbox.dropRecords(reply.stream, [...reply.saved, ...final]).catch(() => undefined);
  }

  private takeReceipt(receipt: Receipt): void {
    if (this.submissions.has(receipt.id)) return;
    const unknown = {
      note: null,
      queuedAt: receipt.receivedAt,
      startedAt: null,
      endedAt: null,
      progress: null,
      result: null,
    };
    this.takeSubmission({ ...receipt, status: 'queued', ...unknown });
  }

  /** Pushes and answers may arrive out of order: a submission never moves back. */
  private takeSubmission(next: SubmissionView): void {
    const now = this.submissions.get(next.id);
    if (now && isBehind(next, now)) return;
    this.submissions.set(next.id, next);
  }

  private expire(message: string): void {
    this.expiry = message;
    this.uplink.stop();
    this.changed.emit(undefined);
  }
}

/** A regrade queues a finished submission again: its `queuedAt` is later, and that counts before the steps of one run. */
function isBehind(a: SubmissionView, b: SubmissionView): boolean {
  const run = (view: SubmissionView): number => (view.queuedAt === null ? 0 : Date.parse(view.queuedAt));
  const step = (view: SubmissionView): number =>
    view.endedAt !== null ? Infinity : view.startedAt !== null ? 1 + (view.progress?.done ?? 0) : 0;
  return run(a) !== run(b) ? run(a) < run(b) : step(a) < step(b);
}
