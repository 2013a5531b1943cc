/** `node dist/src/worker.js`: grades for a server, see worker/. */
import { runWorker } from './worker/main.js';

process.exitCode = await runWorker(process.argv.slice(2), process.env);
