/** `nbpulse doctor` and `nbpulse grade DIR NOTEBOOK`: the sandbox, without a server. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { checkCommand, doctorCommand, gradeCommand, sandboxConfig, type SandboxConfig } from '@nbpulse/sandbox';
import { readAssignmentFolder } from '../src/assignments/index.js';
import { uvVariables } from '../src/worker/uv-variables.js';
import { CliProblem } from './problem.js';
import type { Terminal } from './terminal.js';

export async function doctorHere(args: string[], env: NodeJS.ProcessEnv, terminal: Terminal): Promise<number> {
  if (args.length > 0) throw new CliProblem('Call it so: nbpulse doctor', 2);
  return doctorCommand(configOf(env), (line) => terminal.out(`${line}\n`));
}

export async function gradeHere(args: string[], env: NodeJS.ProcessEnv, terminal: Terminal): Promise<number> {
  const usage = new CliProblem(
    'Call it so: nbpulse grade DIR --tests tests.py, for a folder of submissions; or nbpulse grade DIR NOTEBOOK [--json], for an assignment’s folder and one notebook',
    2,
  );
  let parsed;
  try {
    parsed = parseArgs({ args, options: { json: { type: 'boolean' } }, allowPositionals: true });
  } catch {
    throw usage;
  }
  const [folder, notebook, ...more] = parsed.positionals;
  if (folder === undefined || notebook === undefined || more.length > 0) throw usage;
  const read = await readAssignmentFolder(resolve(folder));
  if (!read.ok) throw new CliProblem(`${folder} cannot be graded with:\n  ${read.problems.join('\n  ')}`);
  return untilInterrupted((signal) =>
    gradeCommand(
      configOf(env),
      { assignment: read.value, notebookPath: resolve(notebook), json: parsed.values.json === true, signal },
      (line) => terminal.out(`${line}\n`),
    ),
  );
}

/** `nbpulse assignment check DIR [--json]`. */
export async function checkHere(
  folder: string,
  json: boolean,
  env: NodeJS.ProcessEnv,
  terminal: Terminal,
): Promise<number> {
  const read = await readAssignmentFolder(resolve(folder));
  if (!read.ok) throw new CliProblem(`${folder} is not ready:\n  ${read.problems.join('\n  ')}`);
  const forUv = await uvVariables();
  return untilInterrupted((signal) =>
    checkCommand(
      configOf(env),
      { assignment: read.value, json, signal, forUv },
      (line) => terminal.out(`${line}\n`),
      (line) => terminal.err(`${line}\n`),
    ),
  );
}

async function untilInterrupted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    return await work(stop.signal);
  } catch (error) {
    if (stop.signal.aborted) throw new CliProblem('Stopped; nothing was left behind.');
    throw error;
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

export function configOf(env: NodeJS.ProcessEnv): SandboxConfig {
  try {
    return sandboxConfig(env);
  } catch (error) {
    throw new CliProblem(error instanceof Error ? error.message : String(error), 2);
  }
}
