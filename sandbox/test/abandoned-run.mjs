/**
 * A worker of its own for `abandoned-run.test.ts`: starts an endless run, or (`isAhead`) a pair
 * that waits, says so, and is killed. Plain JavaScript that
 * loads the sources as the tests do, because it must be a process of its own without a build.
 */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createViteServer } from 'vitest/node';

const vite = await createViteServer({
  configFile: false,
  root: fileURLToPath(new URL('../..', import.meta.url)),
  logLevel: 'error',
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
});
const load = (path) => vite.ssrLoadModule(fileURLToPath(new URL(path, import.meta.url)));
const { chooseEngine } = await load('../src/choose-engine.ts');
const { runPair } = await load('../src/run-pair.ts');

const { config, mark, limits, isAhead } = JSON.parse(process.argv[2]);
const { engine } = await chooseEngine(config);
if (isAhead) {
  await engine.ahead.filled();
  process.stdout.write('waiting\n');
  await once(process.stdout, 'close');
}
const code = `#${mark}\nimport os, time\nprint('up', flush=True)\nos.fork() or os.setsid()\nwhile True: time.sleep(1)`;
const argv = ['python3', '-I', '-c', code];
await runPair(
  engine,
  { oracleArgv: argv, probeArgv: argv, limits, data: [] },
  {
    oracleStdin: Buffer.alloc(0),
    probeStdin: Buffer.alloc(0),
    oracleStdoutBytes: 1_000,
    wallMs: 120_000,
    onOracleStdout: () => process.stdout.write('running\n'),
  },
);
