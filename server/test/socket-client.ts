/** A client of the live socket, for tests: keeps what it heard, waits for what it should hear. */
import { expect } from 'vitest';
import { WebSocket } from 'ws';
import { serverMessage, type ClientMessage, type ServerMessage } from '@nbpulse/schema/wire';

export interface SocketClient {
  readonly heard: ServerMessage[];
  readonly closedWith: { code: number; reason: string } | null;
  say(message: ClientMessage): void;
  /** The first message that fits, once it is there. */
  hears<T extends ServerMessage['type']>(
    type: T,
    fits?: (message: Extract<ServerMessage, { type: T }>) => boolean,
  ): Promise<Extract<ServerMessage, { type: T }>>;
  close(): Promise<void>;
}

/** @param url of the server, `http://…` */
export async function connectSocket(url: string, headers: Record<string, string> = {}): Promise<SocketClient> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/api/v1/live`, { headers });
  const heard: ServerMessage[] = [];
  let closedWith: { code: number; reason: string } | null = null;
  const closed = new Promise<void>((resolve) => {
    socket.on('close', (code, reason) => {
      closedWith = { code, reason: reason.toString() };
      resolve();
    });
  });
  socket.on('message', (data: Buffer) => heard.push(serverMessage.parse(JSON.parse(data.toString()))));
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => undefined);
  return {
    heard,
    get closedWith() {
      return closedWith;
    },
    say: (message) => socket.send(JSON.stringify(message)),
    async hears(type, fits = () => true) {
      type Wanted = Extract<ServerMessage, { type: typeof type }>;
      const find = () => heard.find((message): message is Wanted => message.type === type && fits(message as Wanted));
      await expect.poll(find, { timeout: 60_000, interval: 5 }).toBeDefined();
      return find()!;
    },
    async close() {
      socket.close();
      await closed;
    },
  };
}
