/**
 * The server process.
 *
 * *starting*: migrates, listens, then prints `nbpulse listening <url>` → *running* → *draining* (SIGTERM, SIGINT): takes no connection
 * any more, writes what is queued, tells sockets that it goes away, closes the database → exit 0. A second signal ends it at once.
 */
import { readFileSync } from 'node:fs';
import { keepSecret } from './accounts/index.js';
import { createApp } from './app.js';
import { readConfig, type Config } from './config.js';
import { databaseFault, migrate, openDatabase } from './database/index.js';
import { reportFault } from './http/index.js';
import { listen } from './listen.js';

/** Said as it is. */
class StartProblem extends Error {}

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
  const tls = config.tls && {
    cert: readNamed('NBPULSE_TLS_CERT', config.tls.cert),
    key: readNamed('NBPULSE_TLS_KEY', config.tls.key),
  };
  await migrate(config.databaseUrl);
  const database = openDatabase(config.databaseUrl);
  const app = createApp({
    database,
    dataFolder: config.dataFolder,
    authSecret: await keepSecret(config.secretsFolder, 'auth-secret'),
    publicUrl: config.publicUrl,
    wheel: config.wheel,
  });
  await app.start();
  const listening = await listen(app, { ...config, tls });
  process.stdout.write(`nbpulse listening ${listening.url}\n`);

  let draining = false;
  const drain = async (): Promise<void> => {
    await listening.close();
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
  process.on('uncaughtException', (error) => {
    reportFault(error, 'outside of any request');
    // postgres.js 3.4 may write to a connection that was just lost, from a timer of its own, where nobody can catch it
    // ("reading 'write'" of null). database/pool.ts keeps it from that where we know how; a way that we do not know must not
    // make a database's restart the server's. Such a connection is not used again.
    if (!/postgres\/[^\n]*connection\.js/.test(error.stack ?? '')) process.exit(1);
  });
  process.on('unhandledRejection', (error) => {
    // A connection that broke outside of any query; the pool opens another.
    if (databaseFault(error) !== 'away') reportFault(error, 'a promise that nobody awaited');
  });
}

function readNamed(variable: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new StartProblem(`${variable} names ${path}, which cannot be read. Correct the path or its rights.`, {
      cause,
    });
  }
}

function inWords(error: unknown, { host, port }: Config): string {
  if (!(error instanceof Error)) return 'for an unknown reason';
  if (error instanceof StartProblem) return error.message;
  const code = 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return `port ${port} on ${host} is taken. Choose another: NBPULSE_PORT=${port + 1}`;
  if (code === 'EACCES')
    return `port ${port} needs more rights than this user has. Choose one from 1024: NBPULSE_PORT=8787`;
  if (databaseFault(error) === 'away')
    return 'the database that DATABASE_URL names does not answer. Start it, or correct the address.';
  return `${error.message.split('\n')[0] ?? ''} (${reportFault(error, 'starting')})`;
}
