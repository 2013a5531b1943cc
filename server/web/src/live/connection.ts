/**
 * The live socket of one page, kept open.
 *
 * States:
 *  - `connecting`: the first socket opens or waits for its welcome.
 *  - `live`: welcomed, and heard from within the last seconds.
 *  - `lost`: it closed or fell silent. A new one is tried at once, then after growing pauses, for ever. The page says nothing
 *    for 2 s, shows a hollow square from then on, and a banner from 5 s.
 *  - `refused`: the server said why it will not serve this page (no access, page too old). Tried again only by hand.
 * After a loss the state is `live` with `caughtUp` for 5 s, once the store is in step again.
 *
 * Time comes in through `tick` (about twice a second), so a laptop's sleep shows as a long step and is treated as a loss.
 */
import { serverMessage, wireVersion, type ClientMessage, type ServerMessage } from '@nbpulse/schema/wire';

export const connectionTimes = {
  quietMs: 2_000,
  bannerMs: 5_000,
  caughtUpMs: 5_000,
  pingEveryMs: 4_000,
  /** Silence after which the socket counts as dead: two pings unanswered. */
  deadAfterMs: 9_000,
  openWithinMs: 8_000,
  firstRetryMs: 400,
  longestRetryMs: 5_000,
} as const;

export interface Socket {
  send: (text: string) => void;
  close: () => void;
}
export interface SocketEvents {
  opened: () => void;
  said: (text: string) => void;
  closed: () => void;
}
interface ConnectionParts {
  open: (events: SocketEvents) => Socket;
  now: () => number;
  /** Between 0 and 1; spreads the reconnects of a whole staff after a restart. */
  random: () => number;
  hello: () => ClientMessage;
  receive: (message: ServerMessage) => void;
  /** How many records the store has applied, and whether it has all that the server spoke of. */
  progress: () => { records: number; inStep: boolean };
}

export type ConnectionView =
  | { phase: 'connecting' }
  | { phase: 'live'; caughtUp: { records: number; since: number } | null }
  | { phase: 'lost'; notice: 'quiet' | 'square' | 'banner'; showing: number; nextTryInS: number | null }
  | { phase: 'refused'; code: string; message: string };

export class Connection {
  view: ConnectionView = { phase: 'connecting' };
  /** Server clock minus ours. */
  skewMs = 0;

  readonly #parts: ConnectionParts;
  readonly #listeners = new Set<() => void>();
  #socket: Socket | null = null;
  #generation = 0;
  #stopped = false;
  #welcomed = false;
  #openedAt = 0;
  #heardAt = 0;
  #pingedAt = 0;
  #lostAt: number | null = null;
  #lostRecords = 0;
  #lostShowing = 0;
  #attempts = 0;
  #retryAt: number | null = null;
  #caughtUpUntil = 0;
  #comingBack: { records: number; since: number } | null = null;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
  }
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  start(): void {
    this.#stopped = false;
    if (!this.#socket) this.#open();
  }
  stop(): void {
    this.#stopped = true;
    this.#drop();
  }
  /** Tries at once: the person asked, or the network came back. */
  tryNow(): void {
    if (this.#stopped || (this.view.phase === 'live' && this.#socket)) return;
    this.#attempts = 0;
    this.#drop();
    this.#open();
    this.#show();
  }
  /** Something may have happened to the network: ask for a sign of life now. */
  probe(): void {
    if (this.#welcomed) this.#ping();
    else this.tryNow();
  }

  tick(): void {
    if (this.#stopped) return;
    const now = this.#parts.now();
    if (this.#socket) {
      const silence = now - (this.#welcomed ? this.#heardAt : this.#openedAt);
      const limit = this.#welcomed ? connectionTimes.deadAfterMs : connectionTimes.openWithinMs;
      if (silence >= limit) this.#lose();
      else if (this.#welcomed && now - Math.max(this.#heardAt, this.#pingedAt) >= connectionTimes.pingEveryMs)
        this.#ping();
    }
    if (!this.#socket && this.#retryAt !== null && now >= this.#retryAt) this.#open();
    this.#show();
  }

  #open(): void {
    const generation = ++this.#generation;
    const current = (run: () => void): (() => void) => {
      return () => {
        if (generation === this.#generation && !this.#stopped) run();
      };
    };
    this.#retryAt = null;
    this.#welcomed = false;
    this.#openedAt = this.#parts.now();
    this.#attempts += 1;
    this.#socket = this.#parts.open({
      opened: current(() => this.#send(this.#parts.hello())),
      said: (text) => current(() => this.#hear(text))(),
      closed: current(() => this.#lose()),
    });
  }

  #hear(text: string): void {
    this.#heardAt = this.#parts.now();
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      return;
    }
    const parsed = serverMessage.safeParse(json);
    // What this version does not know is left out; a gap that it makes is closed from the log.
    if (!parsed.success) return;
    const message = parsed.data;
    if (message.type === 'welcome' || message.type === 'pong') {
      this.skewMs = Date.parse(message.serverAt) - this.#heardAt;
    }
    if (message.type === 'welcome') this.#welcome();
    if (message.type === 'refused' && message.id === undefined) {
      if (message.code === 'unavailable' || message.code === 'too-fast') {
        this.#lose(message.retryAfterMs);
        return;
      }
      this.#refuse(message.code, message.message);
    }
    this.#parts.receive(message);
    this.#show();
  }

  #welcome(): void {
    this.#welcomed = true;
    this.#attempts = 0;
    this.#pingedAt = this.#heardAt;
    if (this.#lostAt !== null) {
      const wasLoud = this.#heardAt - this.#lostAt >= connectionTimes.bannerMs;
      this.#comingBack = wasLoud ? { records: this.#lostRecords, since: this.#lostShowing } : null;
      this.#lostAt = null;
    }
  }

  #refuse(code: string, message: string): void {
    this.#drop();
    this.#retryAt = null;
    this.#set({ phase: 'refused', code, message });
  }

  #lose(afterMs?: number): void {
    const now = this.#parts.now();
    this.#drop();
    if (this.view.phase === 'refused') return;
    if (this.#lostAt === null) {
      this.#lostAt = now;
      this.#lostRecords = this.#comingBack?.records ?? this.#parts.progress().records;
      this.#lostShowing = this.#comingBack?.since ?? (this.#heardAt === 0 ? now : this.#heardAt);
      this.#comingBack = null;
    }
    const { firstRetryMs, longestRetryMs } = connectionTimes;
    const pause = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(this.#attempts, 6));
    this.#retryAt = now + (afterMs ?? pause * (0.5 + this.#parts.random() / 2));
    this.#show();
  }

  #drop(): void {
    this.#generation += 1;
    const socket = this.#socket;
    this.#socket = null;
    this.#welcomed = false;
    socket?.close();
  }
  #ping(): void {
    this.#pingedAt = this.#parts.now();
    this.#send({ v: wireVersion, type: 'ping', at: this.#pingedAt });
  }
  #send(message: ClientMessage): void {
    this.#socket?.send(JSON.stringify(message));
  }

  #show(): void {
    if (this.view.phase === 'refused' && !this.#socket) return;
    const now = this.#parts.now();
    if (this.#lostAt !== null) {
      const lostForMs = now - this.#lostAt;
      const { quietMs, bannerMs } = connectionTimes;
      this.#set({
        phase: 'lost',
        notice: lostForMs < quietMs ? 'quiet' : lostForMs < bannerMs ? 'square' : 'banner',
        showing: this.#lostShowing,
        nextTryInS: this.#retryAt === null ? null : Math.max(0, Math.ceil((this.#retryAt - now) / 1_000)),
      });
      return;
    }
    if (!this.#welcomed) {
      this.#set({ phase: 'connecting' });
      return;
    }
    if (this.#comingBack) {
      const { records, inStep } = this.#parts.progress();
      if (inStep) {
        const caughtUp = { records: records - this.#comingBack.records, since: this.#comingBack.since };
        this.#comingBack = null;
        this.#caughtUpUntil = now + connectionTimes.caughtUpMs;
        this.#set({ phase: 'live', caughtUp });
        return;
      }
    }
    const caughtUp = this.view.phase === 'live' && now < this.#caughtUpUntil ? this.view.caughtUp : null;
    this.#set({ phase: 'live', caughtUp });
  }

  #set(view: ConnectionView): void {
    if (JSON.stringify(view) === JSON.stringify(this.view)) return;
    this.view = view;
    for (const listener of this.#listeners) listener();
  }
}
