/** Adding and removing environments by hand. */
import { chooseEngine, whyNoGrading } from '../choose-engine.js';
import { EngineFault } from '../engine.js';
import type { SandboxConfig } from '../environment.js';
import { buildEnvironment } from './build.js';
import { removeImage } from './docker-image.js';
import { RequirementsProblem } from './problem.js';
import { readRequirements } from './requirements.js';
import { findEnvironment, removeFolder } from './store.js';

/** Makes an environment for the engine that grades here; one that is there already with the same contents is kept. */
export async function addEnvironment(
  config: SandboxConfig,
  name: string,
  requirementsText: string,
  forUv: Readonly<Record<string, string>>,
  progress: (line: string) => void,
): Promise<{ words: string } | { problem: string }> {
  try {
    const requirements = readRequirements(requirementsText);
    const chosen = await chooseEngine(config);
    if (!chosen.engine) return { problem: whyNoGrading(chosen.refused) };
    const engine = chosen.engine.name;
    await chosen.engine.close();
    progress(`making ${name} for ${engine}…`);
    const { made } = await buildEnvironment(config, name, requirements, { engine, forUv });
    return { words: made ? `made for ${engine}` : `is there already, for ${engine}` };
  } catch (error) {
    if (!(error instanceof EngineFault) && !(error instanceof RequirementsProblem)) throw error;
    return { problem: `${error.message}${error.cure === undefined ? '' : `\n${error.cure}`}` };
  }
}

/** @returns false when there is none of that name */
export async function removeEnvironment(config: SandboxConfig, name: string): Promise<boolean> {
  const record = await findEnvironment(config, name);
  if (!record) return false;
  if (record.image !== null) await removeImage(config, record.image);
  await removeFolder(config, name);
  return true;
}
