/** `nbpulse environment add|list|remove`: what notebooks of an assignment can import on this host. */
import { readFile } from 'node:fs/promises';
import { addEnvironment, listEnvironments, removeEnvironment, sandboxConfig } from '@nbpulse/sandbox';
import { slug } from '@nbpulse/schema/wire';
import { uvVariables } from '../src/worker/uv-variables.js';
import { CliProblem } from './problem.js';
import type { Terminal } from './terminal.js';

const usage =
  'Call it so: nbpulse environment add NAME requirements.txt, nbpulse environment list, or nbpulse environment remove NAME';

export async function environmentHere(args: string[], env: NodeJS.ProcessEnv, terminal: Terminal): Promise<number> {
  const [verb, name, file, ...more] = args;
  const config = configOf(env);
  if (verb === 'list' && name === undefined) {
    const found = await listEnvironments(config);
    for (const { name: own, requirements, venv, image, madeAt } of found) {
      const where = [...(venv ? ['bubblewrap'] : []), ...(image === null ? [] : ['docker'])].join(', ');
      terminal.out(`${own}  ${where}  made ${madeAt.slice(0, 10)}  ${requirements.join(' ')}\n`);
    }
    if (found.length === 0)
      terminal.err('There is none yet: every assignment is graded in the one that npm start made.\n');
    return 0;
  }
  if (name === undefined || !slug.safeParse(name).success || more.length > 0) throw new CliProblem(usage, 2);
  if (verb === 'remove' && file === undefined) {
    if (await removeEnvironment(config, name)) return 0;
    throw new CliProblem(`There is no environment "${name}" here. nbpulse environment list names them.`);
  }
  if (verb !== 'add' || file === undefined) throw new CliProblem(usage, 2);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new CliProblem(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  const added = await addEnvironment(config, name, text, await uvVariables(), (line) => terminal.err(`${line}\n`));
  if ('problem' in added) throw new CliProblem(added.problem);
  terminal.out(`${name}: ${added.words}\n`);
  return 0;
}

function configOf(env: NodeJS.ProcessEnv): ReturnType<typeof sandboxConfig> {
  try {
    return sandboxConfig(env);
  } catch (error) {
    throw new CliProblem(error instanceof Error ? error.message : String(error), 2);
  }
}
