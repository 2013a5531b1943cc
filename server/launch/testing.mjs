/** What the launcher's own tests share: processes to kill, waiting for a condition, free ports. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Waits until `condition` gives something; an error says what was awaited. @template T @param {string} what @param {() => T | Promise<T>} condition @param {number} [withinMs] @returns {Promise<NonNullable<T>>} */
export async function until(what, condition, withinMs = 20_000) {
  for (const end = performance.now() + withinMs; ; await delay(20)) {
    const value = await condition();
    if (value) return value;
    if (performance.now() > end) throw new Error(`not within ${withinMs / 1000} s: ${what}`);
  }
}

/** @type {WeakMap<import('node:test').TestContext, (() => unknown)[]>} */
const afterTests = new WeakMap();

/**
 * What is done after a test, the last first: Node's own order is the first first, and ends at the first error, so that a folder
 * would be removed under the process that uses it, and that process would live on.
 * @param {import('node:test').TestContext} test @param {() => unknown} act
 */
export function afterwards(test, act) {
  const acts = afterTests.get(test);
  if (acts) return void acts.push(act);
  const first = [act];
  afterTests.set(test, first);
  test.after(async () => {
    const errors = [];
    for (const one of first.reverse()) {
      try {
        await one();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, 'what follows a test failed');
  });
}

/** A temporary folder that other users can pass; removed after the test. @param {import('node:test').TestContext} test */
export function temporaryFolder(test) {
  const folder = mkdtempSync('/tmp/nbpulse-test-');
  chmodSync(folder, 0o711);
  afterwards(test, async () => {
    // What a killed launcher had started ends by itself, a moment later.
    await until(`nothing uses ${folder}`, () => processesWith(folder).length === 0, 40_000);
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/**
 * Node with a script in another process; killed after the test if it still lives.
 * @param {import('node:test').TestContext} test @param {string[]} args @param {NodeJS.ProcessEnv} [env]
 */
export function startNode(test, args, env = process.env) {
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
  /** @type {Promise<number | null>} null when a signal ended it */
  const exited = new Promise((settle) => child.once('close', settle));
  afterwards(test, async () => {
    child.kill('SIGKILL');
    await exited;
  });
  return {
    child,
    exited,
    said: () => said,
    /** Fails at once when the process ended without saying it. @param {RegExp} pattern @param {number} [withinMs] @returns {Promise<RegExpMatchArray>} */
    async says(pattern, withinMs) {
      const ended = () => child.exitCode !== null || child.signalCode !== null;
      try {
        const found = await until(
          `its output has ${String(pattern)}`,
          () => said.match(pattern) ?? (ended() && 'ended'),
          withinMs,
        );
        if (typeof found !== 'string') return found;
        await exited;
        const last = said.match(pattern);
        if (last) return last;
        throw new Error(`it ended (${child.exitCode ?? child.signalCode}) without saying ${String(pattern)}`);
      } catch (error) {
        throw new Error(`${/** @type {Error} */ (error).message}; it said:\n${said}`, { cause: error });
      }
    },
  };
}

/** Living processes whose command line or environment holds `mark`, ourselves left out. @param {string} mark */
export function processesWith(mark) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const read = (/** @type {string} */ file) => readFileSync(join('/proc', pid, file), 'latin1');
        const [, state] = /\) (\S)/.exec(read('stat')) ?? [];
        const command = read('cmdline');
        if (state === 'Z' || !(command.includes(mark) || read('environ').includes(mark))) return [];
        return [`${pid} ${command.replaceAll('\0', ' ').slice(0, 150)}`];
      } catch {
        return []; // it ended while we looked
      }
    });
}

/** A port that was free a moment ago. @returns {Promise<number>} */
export function freePort() {
  return new Promise((settle) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => settle(port));
    });
  });
}
