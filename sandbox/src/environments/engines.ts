/** The engine of this host, and one more for each environment that an assignment asks for. */
import type { AssignmentFile, AssignmentManifest } from '@nbpulse/schema/wire';
import { openBubblewrap } from '../bubblewrap/bubblewrap-engine.js';
import { openDocker } from '../docker/docker-engine.js';
import { EngineFault, type Engine } from '../engine.js';
import type { SandboxConfig } from '../environment.js';
import { buildEnvironment } from './build.js';
import { environmentOf, type WantedEnvironment } from './requirements.js';
import { findEnvironment, pythonOf } from './store.js';

export interface EnvironmentEngines {
  /**
   * @param build makes a missing environment that a `requirements.txt` names; while grading nothing is made
   * @throws EngineFault with the cure when it is missing; RequirementsProblem when it cannot be made
   */
  engineFor(
    assignment: { manifest: AssignmentManifest; files: readonly AssignmentFile[] },
    build: boolean,
  ): Promise<Engine>;
  /** Closes what was opened for environments; the host's own engine stays its owner's. */
  close(): Promise<void>;
}

export function environmentEngines(
  config: SandboxConfig,
  engine: Engine,
  forUv: Readonly<Record<string, string>>,
): EnvironmentEngines {
  const opened = new Map<string, Promise<Engine>>();
  const openFor = async (wanted: WantedEnvironment, build: boolean): Promise<[key: string, config: SandboxConfig]> => {
    if (build && wanted.requirements !== null) {
      await buildEnvironment(config, wanted.name, wanted.requirements, { engine: engine.name, forUv });
    }
    const record = await findEnvironment(config, wanted.name);
    const fits = engine.name === 'docker' ? record?.image != null : record?.venv === true;
    if (!record || !fits) throw missing(wanted);
    const own: SandboxConfig =
      engine.name === 'docker'
        ? { ...config, engine: 'docker', gradingImage: record.image ?? undefined }
        : { ...config, engine: 'bubblewrap', gradingRoot: undefined, gradingPython: pythonOf(config, record.name) };
    return [`${record.name} ${record.hash}`, own];
  };
  return {
    async engineFor(assignment, build) {
      const wanted = environmentOf(assignment);
      if (wanted === null) return engine;
      const [key, own] = await openFor(wanted, build);
      const known = opened.get(key);
      if (known) return known;
      const opening = engine.name === 'docker' ? openDocker(own) : openBubblewrap(own);
      opened.set(key, opening);
      opening.catch(() => opened.delete(key));
      return opening;
    },
    async close() {
      for (const one of opened.values()) await one.then((open) => open.close()).catch(() => undefined);
      opened.clear();
    },
  };
}

function missing({ name, requirements }: WantedEnvironment): EngineFault {
  return requirements === null
    ? new EngineFault(
        `This host has no grading environment "${name}", which the assignment asks for.`,
        `Make it there: npx nbpulse environment add ${name} requirements.txt`,
      )
    : new EngineFault(
        `This host has no grading environment for the assignment’s requirements.txt (${requirements.join(', ').slice(0, 200)}).`,
        `Make it there: npx nbpulse environment add ${name} DIR/requirements.txt; or check the assignment again, which makes it.`,
      );
}
