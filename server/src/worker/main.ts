/** The worker as a process: settings, engine, loop, signals. */
import { availableParallelism } from 'node:os';
import {
  chooseEngine,
  environmentEngines,
  recordSends,
  sandboxConfig,
  whyNoGrading,
  type SandboxConfig,
} from '@nbpulse/sandbox';
import { checking } from './check-job.js';
import { grading } from './grade-job.js';
import { serverCalls } from './server-calls.js';
import { uvVariables } from './uv-variables.js';
import { workerHelp, workerSettings } from './settings.js';
import { suiteShelf } from './suite-shelf.js';
import { workerLoop } from './worker-loop.js';

/** Runs a worker until it is told to stop, or one of its limits is reached. Returns the exit code. */
export async function runWorker(argv: string[], env: NodeJS.ProcessEnv): Promise<number> {
  if (argv.includes('--help') || argv.includes('-h')) {
    process.stdout.write(workerHelp);
    return 0;
  }
  const settings = workerSettings(env, argv);
  if ('problems' in settings) {
    process.stderr.write(`${settings.problems.join('\n')}\nnbpulse worker --help tells more.\n`);
    return 2;
  }
  const sandbox = configOf(env);
  if (typeof sandbox === 'string') {
    process.stderr.write(`${sandbox}\n`);
    return 2;
  }
  const say = (line: string): void => {
    process.stdout.write(`${new Date().toISOString()} ${line}\n`);
  };
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  process.once('SIGTERM', onSignal).once('SIGINT', onSignal);

  let said = '';
  try {
    const end = await workerLoop({
      settings,
      say,
      stop: stop.signal,
      calls: serverCalls(settings),
      shelf: suiteShelf(),
      async openEngine() {
        const chosen = await chooseEngine(sandbox);
        if (!chosen.engine) return { none: whyNoGrading(chosen.refused) };
        const { engine } = chosen;
        // In tier B nothing limits two runs together, so the engine itself takes one after the other.
        const atOnce = engine.tier === 'A' ? (settings.atOnce ?? availableParallelism()) : 1;
        const line = `worker ${settings.name} grades for ${settings.server} with ${engine.name}, tier ${engine.tier}, ${String(atOnce)} at a time: ${engine.description}`;
        if (line !== said) say(line);
        said = line;
        const engines = environmentEngines(sandbox, engine, await uvVariables());
        return {
          grade: grading(engine, engines),
          record: (request, watch) => recordSends(engine, request, watch),
          check: checking(engines),
          atOnce,
          close: async () => {
            await engines.close();
            await engine.close();
          },
        };
      },
    });
    say(`worker ${settings.name} ended: ${end}`);
    return end === 'refused' ? 1 : 0;
  } finally {
    process.off('SIGTERM', onSignal).off('SIGINT', onSignal);
  }
}

function configOf(env: NodeJS.ProcessEnv): SandboxConfig | string {
  try {
    return sandboxConfig(env);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
