/** A command of set-up: its output goes to a log, and a failure tells the log's last lines and where the rest is. */
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { LaunchProblem } from './problem.mjs';
import { startTied } from './tied-process.mjs';

/** Commands that are running, so that a stop of the launcher waits until they have ended. @type {Set<import('./tied-process.mjs').TiedProcess>} */
const running = new Set();

/** Stops the commands that are under way; each of them then fails. */
export async function stopCommands() {
  await Promise.all([...running].map((command) => command.stop()));
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {{ log: string, cwd?: string, env?: NodeJS.ProcessEnv, user?: { uid: number, gid: number } | null, cure?: string }} options
 */
export async function run(command, args, { log, cwd, env, user, cure }) {
  mkdirSync(dirname(log), { recursive: true });
  const file = openSync(log, 'a');
  try {
    writeSync(file, `\n$ ${[command, ...args].join(' ')}\n`);
    const before = fstatSync(file).size;
    const tied = startTied(command, args, { cwd, env, user, output: [file, file], graceSeconds: 2 });
    running.add(tied);
    const code = await tied.exited;
    running.delete(tied);
    if (code === 0) return;
    const said = readFileSync(log).subarray(before).toString().trim().split('\n').slice(-15).join('\n').slice(-4000);
    throw new LaunchProblem(
      `${command} ${args[0] ?? ''} ended with code ${code}. All it said is in ${log}; the last lines:\n${indent(said)}`,
      cure,
    );
  } finally {
    closeSync(file);
  }
}

/**
 * The output of a short command, or null when it failed or took longer than `timeoutMs`.
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, user?: { uid: number, gid: number } | null, timeoutMs?: number, cwd?: string, onError?: (text: string) => void }} [options]
 * @returns {Promise<string | null>}
 */
export async function ask(command, args, { timeoutMs = 20_000, onError, ...options } = {}) {
  const tied = startTied(command, args, { ...options, graceSeconds: 1, output: ['pipe', onError ? 'pipe' : 'ignore'] });
  let text = '';
  tied.child.stdout?.setEncoding('utf8').on('data', (chunk) => (text += chunk));
  if (onError) tied.child.stderr?.setEncoding('utf8').on('data', onError);
  const timer = setTimeout(() => void tied.stop(), timeoutMs);
  const closed = new Promise((settle) => tied.child.once('close', settle).once('error', settle));
  const code = await tied.exited;
  await closed;
  clearTimeout(timer);
  return code === 0 ? text.trim() : null;
}

/** @param {string} text */
const indent = (text) => text.replace(/^/gm, '    ');
