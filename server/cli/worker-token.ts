/** `nbpulse worker token`: lets a worker of another host in. */
import { makeWorkerToken } from '../src/queue/index.js';
import { CliProblem } from './problem.js';
import { withDatabase, type Surroundings } from './surroundings.js';

export async function workerToken(where: Surroundings, name: string): Promise<string> {
  // The launcher's own worker is called local; its token is kept in the secrets folder by `nbpulse setup`.
  if (name === 'local' || !/^[\w.-]{1,60}$/.test(name)) {
    throw new CliProblem(`"${name}" is no name for a worker: letters, digits, dots and hyphens, and not "local".`, 2);
  }
  return withDatabase(where, ({ db }) => makeWorkerToken(db, name));
}
