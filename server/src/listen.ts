/** An app on a port: HTTP and WebSocket, with TLS if wanted, and an orderly end. */
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createAdaptorServer } from '@hono/node-server';
import { WebSocketServer } from 'ws';
import { limits, second } from '@nbpulse/schema/wire';
import type { App } from './app.js';
import { guardUpgrades } from './upgrade-guard.js';

export interface Listening {
  /** `http://127.0.0.1:8787`, with the port that it really got. */
  url: string;
  /**
   * Takes no connection any more, writes what is queued, tells sockets that the server goes away; what is still running after
   * `drainMs` is cut.
   */
  close(drainMs?: number): Promise<void>;
}

export async function listen(
  app: Pick<App, 'fetch' | 'close'>,
  at: { host: string; port: number; tls?: { cert: Buffer; key: Buffer } | null },
): Promise<Listening> {
  const webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.socketMessageBytes,
    // Most messages are short; compressing each of a thousand sockets' would cost more than it saves.
    perMessageDeflate: false,
  });
  const server = createAdaptorServer({
    fetch: app.fetch,
    websocket: { server: webSockets },
    ...(at.tls ? { createServer: createHttpsServer, serverOptions: at.tls } : { createServer: createHttpServer }),
  });
  guardUpgrades(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(at.port, at.host, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : at.port;
  const host = at.host.includes(':') ? `[${at.host}]` : at.host;
  return {
    url: `${at.tls ? 'https' : 'http'}://${host}:${port}`,
    async close(drainMs = 10 * second) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const cut = setTimeout(() => {
        for (const socket of webSockets.clients) socket.terminate();
        if ('closeAllConnections' in server) server.closeAllConnections();
      }, drainMs);
      await app.close();
      if ('closeIdleConnections' in server) server.closeIdleConnections();
      await closed;
      clearTimeout(cut);
      webSockets.close();
    },
  };
}
