/** The worker as a process: settings, engine, loop, signals. */
import { chooseEngine, gradeNotebook, sandboxConfig, whyNoGrading, type SandboxConfig } from '@nbpulse/sandbox';
import { serverCalls } from './server-calls.js';
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
        const line = `worker ${settings.name} grades for ${settings.server} with ${engine.name}, tier ${engine.tier}: ${engine.description}`;
        if (line !== said) say(line);
        said = line;
        return {
          grade: (request, watch) => gradeNotebook(engine, request, watch),
          close: () => engine.close(),
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
