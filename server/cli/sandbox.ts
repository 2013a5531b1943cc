/** `nbpulse doctor` and `nbpulse grade DIR NOTEBOOK`: the sandbox, without a server. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { doctorCommand, gradeCommand, sandboxConfig, type SandboxConfig } from '@nbpulse/sandbox';
import { readAssignmentFolder } from '../src/assignments/index.js';
import { CliProblem } from './problem.js';
import type { Terminal } from './terminal.js';

export async function doctorHere(args: string[], env: NodeJS.ProcessEnv, terminal: Terminal): Promise<number> {
  if (args.length > 0) throw new CliProblem('Call it so: nbpulse doctor', 2);
  return doctorCommand(configOf(env), (line) => terminal.out(`${line}\n`));
}

export async function gradeHere(args: string[], env: NodeJS.ProcessEnv, terminal: Terminal): Promise<number> {
  const usage = new CliProblem('Call it so: nbpulse grade DIR NOTEBOOK [--json]', 2);
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
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    return await gradeCommand(
      configOf(env),
      {
        assignment: read.value,
        notebookPath: resolve(notebook),
        json: parsed.values.json === true,
        signal: stop.signal,
      },
      (line) => terminal.out(`${line}\n`),
    );
  } catch (error) {
    if (stop.signal.aborted) throw new CliProblem('Stopped; nothing was left behind.');
    throw error;
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

function configOf(env: NodeJS.ProcessEnv): SandboxConfig {
  try {
    return sandboxConfig(env);
  } catch (error) {
    throw new CliProblem(error instanceof Error ? error.message : String(error), 2);
  }
}
