/** A test's server on a real port of the loopback, which can go away and come back. */
import { createServer, type Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { WebSocketServer } from 'ws';
import type { App } from '../src/app.js';

export interface Listening {
  readonly url: string;
  /** Ends the port and every connection, as a crash would. */
  goAway(): Promise<void>;
  /** Listens on the same port again. */
  comeBack(): Promise<void>;
}

export async function listen(app: Pick<App, 'fetch'>): Promise<Listening> {
  let port = 0;
  let server: Server | undefined;
  const sockets = new WebSocketServer({ noServer: true });
  const comeBack = async (): Promise<void> => {
    const made = createAdaptorServer({ fetch: app.fetch, createServer, websocket: { server: sockets } }) as Server;
    await new Promise<void>((resolve, reject) => {
      made.once('error', reject);
      made.listen(port, '127.0.0.1', resolve);
    });
    const address = made.address();
    if (typeof address === 'object' && address) port = address.port;
    server = made;
  };
  await comeBack();
  return {
    url: `http://127.0.0.1:${String(port)}`,
    comeBack,
    async goAway() {
      const closed = new Promise<void>((resolve) => server?.close(() => resolve()));
      for (const socket of sockets.clients) socket.terminate();
      server?.closeAllConnections();
      await closed;
    },
  };
}

/** Apart far enough that a student's device may look twice each time and stay within its 20 requests a second. */
const lookEachMs = 100;

/** Waits until `ask` gives something, looking each 100 ms; fails after `withinMs`. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | null | false | undefined>,
  withinMs = 60_000,
): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const found = await ask();
    if (found !== null && found !== false && found !== undefined) return found;
    if (Date.now() > end) throw new Error(`${what}: not within ${String(withinMs)} ms`);
    await new Promise((resolve) => setTimeout(resolve, lookEachMs));
  }
}
