/**
 * One of the launcher's long-lived processes: its output goes to a log, it is started again when it ends by itself, and it
 * never outlives us.
 *
 * States: *starting* (until it says the line it was told to wait for) → *running* → (*ended* → *starting* again, by the rule of
 * keep-up.mjs) … → *stopped* or given up.
 */
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { keepUp } from './keep-up.mjs';
import { LaunchProblem } from './problem.mjs';
import { say } from './progress.mjs';
import { startTied } from './tied-process.mjs';

/**
 * @param {object} service
 * @param {string} service.name in messages
 * @param {string} service.command
 * @param {string[]} service.args
 * @param {NodeJS.ProcessEnv} service.env
 * @param {string} service.log
 * @param {string} [service.cwd]
 * @param {RegExp} [service.readyLine] on stdout; without it the service counts as ready once started
 * @param {number} [service.readyWithinMs]
 * @param {boolean} [service.again] whether it is started again when it ends (default true)
 * @param {() => void} [service.onGivenUp]
 */
export async function startService({
  name,
  command,
  args,
  env,
  log,
  cwd,
  readyLine,
  readyWithinMs = 30_000,
  again = true,
  onGivenUp,
}) {
  const file = createWriteStream(log, { flags: 'a', mode: 0o600 });
  file.on('error', () => undefined);
  const stopped = new AbortController();
  /** @type {import('./tied-process.mjs').TiedProcess | undefined} */
  let current;

  let tail = '';
  const start = async () => {
    const tied = startTied(command, args, { env, cwd });
    current = tied;
    for (const output of [tied.child.stdout, tied.child.stderr]) {
      output?.on('data', (chunk) => (tail = (tail + chunk).slice(-3000)));
    }
    const closed = new Promise((settle) => tied.child.once('close', settle).once('error', settle));
    const stdout = /** @type {import('node:stream').Readable} */ (tied.child.stdout);
    tied.child.stderr?.pipe(file, { end: false });
    stdout.pipe(file, { end: false });
    if (readyLine === undefined) return tied;
    const lines = createInterface({ input: stdout });
    const timeout = new AbortController();
    const ready = await Promise.race([
      new Promise((settle) => lines.on('line', (line) => readyLine.test(line) && settle(true))),
      tied.exited.then(() => false),
      delay(readyWithinMs, false, { signal: timeout.signal }).catch(() => false),
    ]);
    timeout.abort();
    if (ready) return tied;
    await tied.stop();
    await closed;
    const said = tail.trim().split('\n').slice(-12).join('\n').replace(/^/gm, '    ');
    throw new LaunchProblem(`${name} did not start. Its last lines:\n${said}`, `All it said is in ${log}`);
  };

  const watch = async (/** @type {import('./tied-process.mjs').TiedProcess} */ first) => {
    if (again) return keepUp({ name, log, first, start, stopped: stopped.signal, onGivenUp });
    const code = await first.exited;
    if (code !== 0 && !stopped.signal.aborted) say(`${name} ended with code ${code}. See ${log}`);
  };

  const watching = watch(await start());
  return {
    name,
    async stop() {
      stopped.abort();
      await current?.stop();
      await watching;
      file.end();
    },
  };
}
