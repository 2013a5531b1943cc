/** Store and connection of one lab, wired to the browser: frames, sleep, network changes. One per open lab. */
import { wireVersion } from '@nbpulse/schema/wire';
import { liveUrl } from '../address.js';
import { readCells, readLog, readSession } from '../api/labs.js';
import { Calm } from './calm.js';
import { CellRefresh } from './cell-refresh.js';
import { Connection, type Socket, type SocketEvents } from './connection.js';
import { FlushPace } from './flush-pace.js';
import { LabStore } from './lab-store.js';
import { readState } from './read-state.js';

const tickMs = 500;
const sessionCheckMs = 5_000;
const reloadMs = 3_000;

function later(act: () => void, ms: number): () => void {
  const timer = setTimeout(act, ms);
  return () => clearTimeout(timer);
}

function openSocket(events: SocketEvents): Socket {
  const socket = new WebSocket(liveUrl());
  socket.onopen = events.opened;
  socket.onclose = events.closed;
  socket.onmessage = (message: MessageEvent<unknown>) => {
    if (typeof message.data === 'string') events.said(message.data);
  };
  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    close: () => socket.close(),
  };
}

export class LabSession {
  readonly lab: string;
  readonly store: LabStore;
  /** The store's changes, at most twice a second while records come fast. */
  readonly calm: Calm;
  readonly connection: Connection;
  readonly #onSignedOut: () => void;
  #timer: ReturnType<typeof setInterval> | null = null;
  #checkedAt = 0;

  constructor(lab: string, onSignedOut: () => void) {
    this.lab = lab;
    this.#onSignedOut = onSignedOut;
    const pace = new FlushPace();
    this.store = new LabStore({
      readState: () => readState(lab),
      readLog: (since) => readLog(lab, since),
      schedule: (flush, changesPerSecond) => pace.schedule(flush, changesPerSecond),
      now: () => performance.now(),
    });
    this.calm = new Calm(this.store, { now: () => performance.now(), later });
    this.connection = new Connection({
      open: openSocket,
      now: () => Date.now(),
      random: () => Math.random(),
      hello: () => {
        const since = this.store.rev;
        return {
          v: wireVersion,
          type: 'hello',
          as: { role: 'staff', lab, ...(since === undefined ? {} : { since }) },
        };
      },
      receive: (message) => this.store.receive(message),
      progress: () => ({ records: this.store.recordsApplied, inStep: this.store.inStep }),
    });
  }

  /** Starts both; the returned function ends both. */
  start(): () => void {
    // The socket opens once the snapshot is there, so that its hello can name our revision.
    let begun = false;
    const begin = (): void => {
      if (begun || !this.store.model) return;
      begun = true;
      this.connection.start();
    };
    const unsubscribe = this.store.subscribe(begin);
    const endRefresh = new CellRefresh(this.store, {
      read: ({ question, participant }) => readCells(this.lab, question, participant),
      later,
    }).start();
    const endCalm = this.calm.start();
    void this.store.load();
    begin();
    this.#timer = setInterval(() => this.#tick(), tickMs);
    const probe = (): void => {
      if (!document.hidden) this.connection.probe();
    };
    addEventListener('online', probe);
    addEventListener('pageshow', probe);
    document.addEventListener('visibilitychange', probe);
    return () => {
      if (this.#timer !== null) clearInterval(this.#timer);
      unsubscribe();
      endRefresh();
      endCalm();
      this.connection.stop();
      removeEventListener('online', probe);
      removeEventListener('pageshow', probe);
      document.removeEventListener('visibilitychange', probe);
    };
  }

  /** The server's clock. */
  now(): number {
    return Date.now() + this.connection.skewMs;
  }

  #tick(): void {
    this.connection.tick();
    if (this.connection.view.phase === 'live') this.store.check();
    const now = Date.now();
    const { phase } = this.connection.view;
    if ((phase === 'lost' || phase === 'refused') && now - this.#checkedAt > sessionCheckMs) {
      this.#checkedAt = now;
      // A socket cannot tell a server that is away from one that no longer knows us, nor who may not see this lab from who is signed out.
      void readSession().then((answer) => {
        if (!answer.ok && answer.failure.code === 'not-signed-in') this.#onSignedOut();
      });
    }
    if (
      this.store.phase === 'failed' &&
      this.store.failure?.code === 'unreachable' &&
      now - this.#checkedAt > reloadMs
    ) {
      this.#checkedAt = now;
      void this.store.load();
    }
  }
}
