/**
 * The load of bench:ingest, a process of its own: participants' WebSockets, each a participant with a stream. Told what to do, and
 * asked for what it saw, by messages of its parent.
 *
 * *closed*: each socket keeps `window` messages unanswered; *open*: messages are due at a steady rate, whatever the answers do, and
 * the latency counts from when a message was due.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import { limits } from '@nbpulse/schema/wire';
import { recordText } from './ingest-records.js';

export interface Connect {
  kind: 'connect';
  server: string;
  tokens: string[];
  /** A staff page on this lab, beside the participants. */
  watch: { lab: string; cookie: string } | null;
}
export interface Play {
  kind: 'play';
  seconds: number;
  /** Records of a message. */
  batch: number;
  /** Messages that each socket keeps unanswered; or records per second of all together. */
  pace: { window: number } | { perSecond: number };
  /**
   * Each record is the instant of its sending, to one of so many questions drawn at random; `Played.acks` tells when it was
   * acknowledged.
   */
  stamps?: { questions: number };
  /** The last socket sends full batches as fast as it may, beside the others; it counts for nothing. */
  flood?: boolean;
}
export type Order = Connect | Play | { kind: 'close' };
export interface Played {
  seconds: number;
  /** Acknowledged records within the time. */
  acknowledged: number;
  /** Acknowledgement latencies of messages, ms. */
  latencies: number[];
  /** Batches that were told to come back later. */
  refused: number;
  /** Records of the flooding device that were acknowledged. */
  flooded: number;
  /** Records that the watching page was told of. */
  watched: number;
  /** With `stamps`: the instant that was sent, and when it was acknowledged; milliseconds since 1970. */
  acks: [sentAt: string, acknowledgedAt: number][];
}

interface Waiting {
  text: string;
  /** When it was due. */
  at: number;
  records: number;
  /** Instants that stand in its records. */
  stamps: string[];
}

const instant = (): number => performance.timeOrigin + performance.now();

class Participant {
  readonly stream = randomUUID();
  seq = 0;
  id = 0;
  readonly waiting = new Map<number, Waiting>();
  counts = true;
  onAnswer: () => void = () => undefined;

  constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => this.heard(data.toString('latin1')));
    socket.on('close', (code, reason) => {
      if (!closing) throw new Error(`a socket was closed: ${code} ${reason.toString()}`);
    });
  }

  send(records: number, at: number): void {
    const madeAt = new Date().toISOString();
    const events: string[] = [];
    const stamps: string[] = [];
    for (let count = 0; count < records; count++) {
      if (stampedQuestions === 0) {
        events.push(recordText(++this.seq, madeAt));
        continue;
      }
      const stamp = instant().toFixed(3);
      stamps.push(stamp);
      const question = 1 + Math.floor(Math.random() * stampedQuestions);
      events.push(
        `{"kind":"record","seq":${++this.seq},"madeAt":"${madeAt}","question":"${question}","value":{"t":"float","v":${stamp}}}`,
      );
    }
    const id = ++this.id;
    const text = `{"v":1,"type":"events","id":${id},"batch":{"v":1,"stream":"${this.stream}","sentAt":"${madeAt}","events":[${events.join(',')}]}}`;
    this.waiting.set(id, { text, at, records, stamps });
    this.socket.send(text);
  }

  private heard(text: string): void {
    const message = JSON.parse(text) as {
      type: string;
      id?: number;
      retryAfterMs?: number;
      reply?: { saved: number[]; refused: unknown[] };
    };
    if (message.id === undefined) return;
    const found = this.waiting.get(message.id);
    if (!found) throw new Error(`an answer to a message that nobody waits for: ${text}`);
    if (message.type === 'reply') {
      if (message.reply?.saved.length !== found.records) throw new Error(`not all records were saved: ${text}`);
      this.waiting.delete(message.id);
      if (this.counts) {
        seen.acknowledged += found.records;
        seen.latencies.push(performance.now() - found.at);
        const acknowledgedAt = found.stamps.length > 0 ? instant() : 0;
        for (const stamp of found.stamps) seen.acks.push([stamp, acknowledgedAt]);
      } else seen.flooded += found.records;
      this.onAnswer();
    } else if (message.retryAfterMs !== undefined) {
      seen.refused += 1;
      setTimeout(() => this.socket.send(found.text), message.retryAfterMs);
    } else throw new Error(`a batch was refused: ${text}`);
  }
}

/** As many batches as a socket may have waiting. */
const floodWindow = 16;

const fresh = (): Omit<Played, 'seconds'> => ({
  acknowledged: 0,
  latencies: [],
  refused: 0,
  flooded: 0,
  watched: 0,
  acks: [],
});
let seen = fresh();
let stampedQuestions = 0;
let participants: Participant[] = [];
let page: WebSocket | null = null;
let closing = false;

async function opened(socket: WebSocket, hello: unknown): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.once('open', () => socket.send(JSON.stringify({ v: 1, type: 'hello', as: hello })));
    socket.once('message', (data: Buffer) => {
      if (data.toString().includes('"welcome"')) resolve();
      else reject(new Error(data.toString()));
    });
  });
}

async function connect({ server, tokens, watch }: Connect): Promise<void> {
  const address = `${server.replace(/^http/, 'ws')}/api/v1/live`;
  const atOnce = 50;
  for (let at = 0; at < tokens.length; at += atOnce) {
    const some = tokens.slice(at, at + atOnce).map(async (token) => {
      const socket = new WebSocket(address, { perMessageDeflate: false });
      await opened(socket, { role: 'participant', token });
      return new Participant(socket);
    });
    participants.push(...(await Promise.all(some)));
  }
  if (!watch) return;
  page = new WebSocket(address, { headers: { cookie: watch.cookie, origin: server }, perMessageDeflate: false });
  await opened(page, { role: 'staff', lab: watch.lab });
  let rev: number | null = null;
  page.on('message', (data: Buffer) => {
    const text = data.toString('latin1');
    const [, from, to] = /^\{"v":1,"type":"update","from":(\d+),"to":(\d+)/.exec(text) ?? [];
    if (from === undefined) return;
    if (rev !== null && Number(from) !== rev) throw new Error(`the page has a gap: at ${rev}, told from ${from}`);
    rev = Number(to);
    seen.watched += text.split('"kind":"record"').length - 1;
  });
}

async function play({ seconds, batch, pace, flood = false, stamps }: Play): Promise<Played> {
  const playing = flood ? participants.slice(0, -1) : participants;
  const flooder = flood ? participants.at(-1) : undefined;
  seen = fresh();
  stampedQuestions = stamps?.questions ?? 0;
  const began = performance.now();
  const endsAt = began + seconds * 1_000;
  if (flooder) {
    flooder.counts = false;
    flooder.onAnswer = () => {
      if (performance.now() < endsAt) flooder.send(limits.batchEvents, performance.now());
    };
    for (let count = 0; count < floodWindow; count++) flooder.send(limits.batchEvents, began);
  }
  if ('window' in pace) {
    for (const one of playing) {
      one.onAnswer = () => {
        const now = performance.now();
        if (now < endsAt) one.send(batch, now);
      };
      for (let count = 0; count < pace.window; count++) one.send(batch, performance.now());
    }
    await sleep(seconds * 1_000);
  } else {
    const everyMs = (1_000 * batch) / pace.perSecond;
    let sent = 0;
    for (let now = performance.now(); now < endsAt; now = performance.now()) {
      for (let due = began + sent * everyMs; due <= now; due = began + sent * everyMs) {
        playing[sent % playing.length]?.send(batch, due);
        sent += 1;
      }
      await sleep(2);
    }
  }
  const { acknowledged, refused } = seen;
  const took = (performance.now() - began) / 1_000;
  // What is still unanswered counts for its latency, not for the throughput.
  while (playing.some((one) => one.waiting.size > 0)) await sleep(10);
  for (const one of playing) one.onAnswer = () => undefined;
  return {
    seconds: took,
    acknowledged,
    latencies: seen.latencies,
    refused,
    flooded: seen.flooded,
    watched: seen.watched,
    acks: seen.acks,
  };
}

async function obey(order: Order): Promise<Played | null> {
  switch (order.kind) {
    case 'connect':
      await connect(order);
      return null;
    case 'play':
      return play(order);
    case 'close':
      closing = true;
      for (const { socket } of participants) socket.terminate();
      page?.terminate();
      participants = [];
      page = null;
      return null;
    default:
      return order satisfies never;
  }
}

process.on('message', (order: Order) => {
  void obey(order).then(
    (result) => process.send?.({ result }),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit(0));
