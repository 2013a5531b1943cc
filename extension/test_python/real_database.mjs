/**
 * An embedded Postgres for tests in Python: `node real_database.mjs DATA_FOLDER SOCKET_FOLDER`. Prints its URL once it is ready,
 * stops it when stdin ends, and ends when it ends.
 */
import { startPostgres } from '../../server/launch/postgres.mjs';

const [dataDir, socketDir] = process.argv.slice(2);
const postgres = await startPostgres({ dataDir, socketDir });
process.stdout.write(`${postgres.url}\n`);
process.stdin.resume();
process.stdin.once('end', () => void postgres.stop());
await postgres.exited;
process.exit(0);
