/**
 * The server process.
 *
 * *starting*: migrates, listens, then prints `nbpulse listening <url>` → *running* → *draining* (SIGTERM, SIGINT): takes no connection
 * any more, writes what is queued, tells sockets that it goes away, closes the database → exit 0. A second signal ends it at once.
 */
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createAdaptorServer } from '@hono/node-server';
import { WebSocketServer } from 'ws';
import { limits, second } from '@nbpulse/schema/wire';
import { keepSecret } from './accounts/index.js';
import { createApp } from './app.js';
import { readConfig, type Config } from './config.js';
import { databaseFault, migrate, openDatabase } from './database/index.js';
import { reportFault } from './http/index.js';

/** Requests that are still running when the drain has waited this long are cut. */
const drainMs = 10 * second;

const config = readConfig(process.env);
if ('problems' in config) {
  process.stderr.write(`nbpulse cannot start:\n${config.problems.map((problem) => `  ${problem}\n`).join('')}`);
  process.exitCode = 2;
} else {
  await serve(config).catch((error: unknown) => {
    process.stderr.write(`nbpulse cannot start: ${inWords(error, config)}\n`);
    process.exit(1);
  });
}

async function serve(config: Config): Promise<void> {
  const tls = config.tls && { cert: readFileSync(config.tls.cert), key: readFileSync(config.tls.key) };
  await migrate(config.databaseUrl);
  const database = openDatabase(config.databaseUrl);
  const app = createApp({
    database,
    dataFolder: config.dataFolder,
    authSecret: await keepSecret(config.secretsFolder, 'auth-secret'),
    publicUrl: config.publicUrl,
    wheel: config.wheel,
  });
  const webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.socketMessageBytes,
    perMessageDeflate: false,
  });
  const server = createAdaptorServer({
    fetch: app.fetch,
    websocket: { server: webSockets },
    ...(tls ? { createServer: createHttpsServer, serverOptions: tls } : { createServer: createHttpServer }),
  });
  await app.start();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.port, config.host, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : config.port;
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  process.stdout.write(`nbpulse listening ${tls ? 'https' : 'http'}://${host}:${port}\n`);

  let draining = false;
  const drain = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    await app.close();
    if ('closeIdleConnections' in server) server.closeIdleConnections();
    const cut = setTimeout(() => {
      for (const socket of webSockets.clients) socket.terminate();
      if ('closeAllConnections' in server) server.closeAllConnections();
    }, drainMs);
    await closed;
    clearTimeout(cut);
    webSockets.close();
    await database.close();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (draining) process.exit(1);
      draining = true;
      drain().then(
        () => process.exit(0),
        (error: unknown) => {
          reportFault(error, 'draining');
          process.exit(1);
        },
      );
    });
  }
  process.on('unhandledRejection', (error) => {
    // A connection that broke outside of any query; the pool opens another.
    if (databaseFault(error) !== 'away') reportFault(error, 'a promise that nobody awaited');
  });
}

function inWords(error: unknown, { host, port }: Config): string {
  if (!(error instanceof Error)) return 'for an unknown reason';
  const code = 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return `port ${port} on ${host} is taken. Choose another: NBPULSE_PORT=${port + 1}`;
  if (code === 'EACCES')
    return `port ${port} needs more rights than this user has. Choose one from 1024: NBPULSE_PORT=8787`;
  if (databaseFault(error) === 'away')
    return 'the database that DATABASE_URL names does not answer. Start it, or correct the address.';
  return `${error.message.split('\n')[0] ?? ''} (${reportFault(error, 'starting')})`;
}
