/** A check as the worker hands it in: the sandbox's, or why the host could not do it. */
import { checkInEnvironment, EngineFault, type EnvironmentEngines } from '@nbpulse/sandbox';
import type { CheckReport } from '@nbpulse/schema/wire';
import type { Checking } from './job-run.js';

export function checking(engines: EnvironmentEngines): Checking {
  return async ({ manifest, files }, { signal, onProgress }) => {
    try {
      const onStep = (_: string, done: number, total: number): void => onProgress({ done, total });
      return {
        v: 1,
        outcome: 'completed',
        check: await checkInEnvironment(engines, { manifest, files }, { signal, onStep }),
      };
    } catch (error) {
      signal.throwIfAborted();
      const cure = error instanceof EngineFault && error.cure !== undefined ? ` ${error.cure}` : '';
      const reason = `${error instanceof Error ? error.message : String(error)}${cure}`.slice(0, 1_900);
      return { v: 1, outcome: 'sandbox-error', reason, check: null } satisfies CheckReport;
    }
  };
}
