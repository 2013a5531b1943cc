/** A lab's log in memory, and sessions on it whose two ends are connected by hand. */
import { newQuestion, serverMessage, type Change, type LabLog, type ServerMessage } from '@nbpulse/schema/wire';
import type { ParticipantCaller, StaffCaller } from '../../access/index.js';
import { Hub } from '../hub.js';
import { Session, type SessionDeps } from '../session.js';
import { HandClock } from './hand-clock.js';

export const labId = '11111111-1111-4111-8111-111111111111';
export const adaId = '22222222-2222-4222-8222-222222222222';

export const ada: ParticipantCaller = {
  kind: 'participant',
  participantId: adaId,
  deviceId: 'device-1',
  labId,
  name: 'Ada',
};
export const teacher: StaffCaller = {
  kind: 'staff',
  userId: 'emmy',
  name: 'Emmy',
  email: 'emmy@example.org',
  admin: false,
  role: 'teacher',
  courseId: '33333333-3333-4333-8333-333333333333',
  labId,
};

/** The change that a test's revision makes: a question named after it. */
export const changeAt = (rev: number): Change => ({
  kind: 'question',
  rev,
  question: newQuestion(`q${String(rev)}`, rev),
});

/** What the network would do: it keeps what was sent, and says that it is full when told to. */
export class HandPeer {
  readonly received: ServerMessage[] = [];
  /** When each of them came. */
  readonly receivedAt: number[] = [];
  closedWith: { code: number; reason: string } | null = null;
  buffered = 0;

  constructor(readonly clock: HandClock) {}

  readonly send = (text: string): void => {
    if (this.closedWith) throw new Error('something was sent on a closed socket');
    this.receivedAt.push(this.clock.now());
    this.received.push(serverMessage.parse(JSON.parse(text)));
  };
  readonly close = (code: number, reason: string): void => {
    this.closedWith = { code, reason };
  };
  readonly bufferedBytes = (): number => this.buffered;

  of<T extends ServerMessage['type']>(type: T): Extract<ServerMessage, { type: T }>[] {
    return this.received.filter((message): message is Extract<ServerMessage, { type: T }> => message.type === type);
  }
  /** Types and codes, in their order. */
  get said(): string[] {
    return this.received.map((message) => (message.type === 'refused' ? `refused ${message.code}` : message.type));
  }
}

export class HandLab {
  readonly clock = new HandClock();
  rev = 0;
  /** How many changes one answer of the log holds. */
  page = 2_000;
  reads = 0;
  away = false;
  /** How long the database takes to answer, on the hand clock. */
  answerMs = 0;
  readonly faults: unknown[] = [];
  readonly hub: Hub;

  constructor() {
    this.hub = new Hub({
      readLog: this.readLog,
      readRev: () => this.#answer(() => this.rev),
      ownSubmission: () => Promise.resolve(null),
      clock: this.clock,
      failed: (error) => this.faults.push(error),
    });
  }

  readonly readLog = (_lab: string, since: number): Promise<LabLog> => {
    this.reads++;
    return this.#answer(() => {
      const to = Math.min(this.rev, since + this.page);
      const changes = Array.from({ length: Math.max(0, to - since) }, (_, index) => changeAt(since + index + 1));
      return { from: since, to: Math.max(since, to), more: to < this.rev, changes };
    });
  };

  /** A writer commits. @returns its revision, to be announced now, later or never */
  commit(): number {
    return ++this.rev;
  }
  announce(...revs: number[]): void {
    for (const rev of revs) this.hub.announce(labId, rev, [changeAt(rev)]);
  }

  connect(overrides: Partial<SessionDeps> = {}): { session: Session; peer: HandPeer; say: (message: unknown) => void } {
    const peer = new HandPeer(this.clock);
    const session = new Session(peer, {
      hub: this.hub,
      clock: this.clock,
      readLog: this.readLog,
      readLab: () => this.#answer(() => ({ id: labId, name: 'Lab', status: 'open' as const, rev: this.rev })),
      participant: (token) =>
        Promise.resolve(
          token === 'ada'
            ? ada
            : { denied: 401 as const, problem: { error: 'bad-token' as const, message: 'not known' } },
        ),
      staff: () => Promise.resolve(teacher),
      take: (_caller, { stream }) =>
        Promise.resolve({
          reply: {
            v: 1 as const,
            stream,
            saved: [1],
            refused: [],
            receivedAt: new Date(this.clock.now()).toISOString(),
          },
        }),
      isAway: () => this.away,
      ...overrides,
    });
    return {
      session,
      peer,
      say: (message) => session.receive(typeof message === 'string' ? message : JSON.stringify(message)),
    };
  }

  async #answer<T>(read: () => T): Promise<T> {
    // What was committed before the question counts; what comes while the answer is on its way does not.
    const answer = read();
    if (this.answerMs > 0) await new Promise<void>((resolve) => this.clock.after(this.answerMs, resolve));
    else await Promise.resolve();
    if (this.away) throw new Error('the database is away');
    return answer;
  }
}

export const helloStaff = (since?: number) => ({ v: 1, type: 'hello', as: { role: 'staff', lab: labId, since } });
export const helloAda = { v: 1, type: 'hello', as: { role: 'participant', token: 'ada' } };
export const events = (id: number) => ({
  v: 1,
  type: 'events',
  id,
  batch: { v: 1, stream: '44444444-4444-4444-8444-444444444444', sentAt: '2026-09-01T12:00:00Z', events: [{ seq: 1 }] },
});
