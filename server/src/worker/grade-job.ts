/** A submission graded in the environment that its assignment asks for. One that is missing here is our fault, and retried. */
import { faultReport, gradeNotebook, type Engine, type EnvironmentEngines } from '@nbpulse/sandbox';
import type { Grade } from './job-run.js';

export function grading(engine: Engine, engines: EnvironmentEngines): Grade {
  return async (request, watch) => {
    let own: Engine;
    try {
      own = await engines.engineFor(request, false);
    } catch (error) {
      watch.signal.throwIfAborted();
      const cure = error instanceof Error && 'cure' in error && typeof error.cure === 'string' ? ` ${error.cure}` : '';
      return faultReport(engine, request.manifest, `${error instanceof Error ? error.message : String(error)}${cure}`);
    }
    return gradeNotebook(own, request, watch);
  };
}
