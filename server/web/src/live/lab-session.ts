/** Store and connection of one lab, wired to the browser: frames, sleep, network changes. One per open lab. */
import { wireVersion } from '@nbpulse/schema/wire';
import { liveUrl } from '../address.js';
import { readLog, readSession, readState } from '../api/labs.js';
import { Connection, type Socket, type SocketEvents } from './connection.js';
import { LabStore } from './lab-store.js';

const tickMs = 500;
const calmChangesPerSecond = 200;
/** At a higher rate one flush in this time, so that the page stays idle in between. */
const busyFlushMs = 100;
/** A hidden page gets no animation frames. */
const hiddenFlushMs = 250;
const sessionCheckMs = 5_000;
const reloadMs = 3_000;

function schedule(flush: () => void, changesPerSecond: number): void {
  if (document.hidden) setTimeout(flush, hiddenFlushMs);
  else if (changesPerSecond > calmChangesPerSecond) setTimeout(() => requestAnimationFrame(flush), busyFlushMs);
  else requestAnimationFrame(flush);
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
  readonly connection: Connection;
  readonly #onSignedOut: () => void;
  #timer: ReturnType<typeof setInterval> | null = null;
  #checkedAt = 0;

  constructor(lab: string, onSignedOut: () => void) {
    this.lab = lab;
    this.#onSignedOut = onSignedOut;
    this.store = new LabStore({
      readState: () => readState(lab),
      readLog: (since) => readLog(lab, since),
      schedule,
      now: () => performance.now(),
    });
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
    if (this.connection.view.phase === 'lost' && now - this.#checkedAt > sessionCheckMs) {
      this.#checkedAt = now;
      // A socket cannot tell a server that is away from one that no longer knows us.
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
