/**
 * Which engine grades here. `auto` takes bubblewrap where it works (fastest, nothing to install), else Docker, else none:
 * then grading is off and says so. Student code never runs without a sandbox.
 */
import { openBubblewrap } from './bubblewrap/bubblewrap-engine.js';
import { openDocker } from './docker/docker-engine.js';
import { EngineFault, type Engine, type EngineName } from './engine.js';
import type { SandboxConfig } from './environment.js';

export interface RefusedEngine {
  engine: EngineName;
  reason: string;
  cure?: string;
}

export type ChosenEngine = { engine: Engine } | { engine: undefined; refused: readonly RefusedEngine[] };

/**
 * Opens the engine; the caller closes it.
 * @example
 * const chosen = await chooseEngine(sandboxConfig(process.env));
 * if (!chosen.engine) console.log(whyNoGrading(chosen.refused));
 */
export async function chooseEngine(config: SandboxConfig): Promise<ChosenEngine> {
  const refused: RefusedEngine[] = [];
  const attempt = async (name: EngineName, open: () => Promise<Engine>): Promise<Engine | undefined> => {
    if (config.engine !== 'auto' && config.engine !== name) return undefined;
    try {
      return await open();
    } catch (error) {
      if (!(error instanceof EngineFault)) throw error;
      refused.push({ engine: name, reason: error.message, cure: error.cure });
      return undefined;
    }
  };
  const engine =
    (await attempt('bubblewrap', () => openSettled(config))) ?? (await attempt('docker', () => openDocker(config)));
  return engine ? { engine } : { engine: undefined, refused };
}

/** Its description is for a log: it shall say whether runs start warm or cold, and why. */
async function openSettled(config: SandboxConfig): Promise<Engine> {
  const engine = await openBubblewrap(config);
  await engine.whyCold();
  return engine;
}

/** One line per engine, for the launcher and the worker's log. */
export function whyNoGrading(refused: readonly RefusedEngine[]): string {
  if (refused.length === 0) return 'Grading is off: NBPULSE_ENGINE=none.';
  const lines = refused.map(
    ({ engine, reason, cure }) => `  ${engine}: ${reason}${cure === undefined ? '' : ` ${cure}`}`,
  );
  return ['Grading is off: no sandbox works here.', ...lines, '  More: npx nbpulse doctor'].join('\n');
}
