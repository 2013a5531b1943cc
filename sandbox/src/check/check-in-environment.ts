/** A check in the environment that the assignment asks for, which is made when it is missing. */
import type { SuiteCheck } from '@nbpulse/schema/wire';
import type { Engine } from '../engine.js';
import type { EnvironmentEngines } from '../environments/engines.js';
import { RequirementsProblem } from '../environments/problem.js';
import { checkSuite, type CheckRequest, type CheckWatch } from './check-suite.js';
import { noEnvironment } from './findings.js';

/** @throws as `checkSuite`; requirements that cannot be met are a finding. */
export async function checkInEnvironment(
  engines: EnvironmentEngines,
  request: CheckRequest,
  watch: CheckWatch = {},
): Promise<SuiteCheck> {
  let engine: Engine;
  try {
    engine = await engines.engineFor(request, true);
  } catch (error) {
    watch.signal?.throwIfAborted();
    if (!(error instanceof RequirementsProblem)) throw error;
    return {
      v: 1,
      ok: false,
      findings: [noEnvironment(error.message, error.cure)],
      solution: null,
      template: null,
      solutionRuns: 0,
      profile: null,
    };
  }
  return checkSuite(engine, request, watch);
}
