/** Both ends of a text socket, flushed by hand: the test is the server. */
import type { ClientMessage, RefusalCode, ServerMessage } from '@nbpulse/schema/wire';
import { clientMessage } from '@nbpulse/schema/wire';
import type { Dial, LineEvents } from '../dial.js';

export class ServerEnd {
  readonly heard: ClientMessage[] = [];
  isClosed = false;

  constructor(private readonly events: LineEvents) {}

  open(): void {
    this.events.opened();
  }
  welcome(status: 'open' | 'closed' = 'open'): void {
    this.open();
    this.say({ v: 1, type: 'welcome', serverAt: '2026-03-02T14:00:00Z', lab: { ...lab, status } });
  }
  say(message: ServerMessage): void {
    this.events.text(JSON.stringify(message));
  }
  /** The network cuts the line: neither end had a word in it. */
  cut(): void {
    this.isClosed = true;
    this.events.closed();
  }
  /** Batches that arrived, oldest first. */
  get batches(): Extract<ClientMessage, { type: 'events' }>[] {
    return this.heard.filter((message) => message.type === 'events');
  }
  /** Answers the `n`th batch: all saved, or as told. */
  reply(
    n: number,
    answer: { saved?: number[]; refused?: { seq: number; code: RefusalCode; message: string }[] } = {},
  ): void {
    const message = this.batches[n];
    if (!message) throw new Error(`no batch ${n}: ${this.batches.length} arrived`);
    const saved =
      answer.saved ?? (answer.refused ? [] : message.batch.events.map((event) => (event as { seq: number }).seq));
    const reply = {
      v: 1 as const,
      stream: message.batch.stream,
      saved,
      refused: answer.refused ?? [],
      receivedAt: '2026-03-02T14:00:01Z',
    };
    this.say({ v: 1, type: 'reply', id: message.id, reply });
  }
}

export const lab = { id: '11111111-1111-4111-8111-111111111111', name: 'Lab 4', status: 'open' as const };

/** Every line that was dialled, in order. */
export class Exchange {
  readonly ends: ServerEnd[] = [];

  readonly dial: Dial = (_url, events) => {
    const end = new ServerEnd(events);
    this.ends.push(end);
    return {
      send: (text) => {
        if (!end.isClosed) end.heard.push(clientMessage.parse(JSON.parse(text)));
      },
      close: () => {
        end.isClosed = true;
      },
    };
  };

  get last(): ServerEnd {
    const end = this.ends.at(-1);
    if (!end) throw new Error('nobody dialled');
    return end;
  }
}
