/**
 * `nbpulse doctor`: what this host can do for grading, each finding in a line with its meaning and cure, and the proof: a
 * real sandbox of the engine that would be used, from which programs try to break out.
 */
import { openBubblewrap } from '../bubblewrap/bubblewrap-engine.js';
import { openDocker } from '../docker/docker-engine.js';
import { EngineFault, type Engine, type EngineName, type Tier } from '../engine.js';
import type { SandboxConfig } from '../environment.js';
import { breakOut } from './break-out.js';
import type { Check } from './check.js';
import { dockerChecks } from './docker-checks.js';
import { hostChecks } from './host-checks.js';

export interface DoctorReport {
  /** True when submissions can be graded here and every attempt to break out failed. */
  isHealthy: boolean;
  /** What would grade. */
  engine?: EngineName;
  tier?: Tier;
  checks: readonly Check[];
}

/**
 * Looks at everything, proves the engine that `chooseEngine` would take. Takes 2–5 s; leaves nothing.
 * @param onCheck told each line as it is found.
 */
export async function doctor(config: SandboxConfig, onCheck?: (check: Check) => void): Promise<DoctorReport> {
  const checks: Check[] = [];
  const add = (...found: Check[]): void => {
    for (const check of found) {
      checks.push(check);
      onCheck?.(check);
    }
  };
  if (config.engine === 'none') {
    add({ state: 'bad', what: 'grading is switched off: NBPULSE_ENGINE=none', cure: 'unset NBPULSE_ENGINE' });
    return { isHealthy: false, checks };
  }
  const mayUse = (name: EngineName): boolean => config.engine === 'auto' || config.engine === name;
  let engine: Engine | undefined;
  if (mayUse('bubblewrap')) {
    const host = await hostChecks(config);
    const opened = await tryOpen(() => openBubblewrap(config));
    if (opened.engine) {
      const whyCold = await opened.engine.whyCold();
      // What looked like a refusal on paper was none in practice.
      add(...host.filter((check) => check.state !== 'bad').map(asFound), {
        state: 'good',
        what: opened.engine.description,
      });
      add(starts(whyCold));
      if (!opened.engine.limitsInodes) {
        const what = '/tmp is limited in bytes, not in number of files';
        add({ state: 'weak', what, meaning: 'unshare may make no user namespace here; bwrap may' });
      }
      engine = opened.engine;
    } else {
      const state = config.engine === 'auto' ? 'note' : 'bad';
      add(...host, { state, what: `bubblewrap: ${opened.fault.message}`, cure: opened.fault.cure });
    }
  }
  if (mayUse('docker')) {
    add(...(await dockerChecks(config, engine === undefined)));
    if (!engine) {
      const opened = await tryOpen(() => openDocker(config));
      if (opened.engine) engine = opened.engine;
      else if (!checks.some((check) => check.state === 'bad')) {
        add({ state: 'bad', what: `Docker: ${opened.fault.message}`, cure: opened.fault.cure });
      }
    }
  }
  if (!engine) return { isHealthy: false, checks };
  let proof: Check[];
  try {
    proof = await breakOut(engine);
  } catch (error) {
    if (!(error instanceof EngineFault)) throw error;
    proof = [{ state: 'bad', what: `the trial sandbox did not start: ${error.message}`, cure: error.cure }];
  } finally {
    await engine.close();
  }
  add(...proof);
  return { isHealthy: proof.every((check) => check.state !== 'bad'), engine: engine.name, tier: engine.tier, checks };
}

function starts(whyCold: string | undefined): Check {
  if (whyCold === undefined) {
    return { state: 'good', what: 'warm start: sandboxes are made by parents that have imported what grading needs' };
  }
  const meaning = 'grading works; each run takes about a second of processor time more';
  return { state: 'weak', what: `cold start: ${whyCold}`, meaning };
}

function asFound(check: Check): Check {
  const isRefusal = check.state === 'weak' && check.what.startsWith('AppArmor');
  return isRefusal ? { state: 'note', what: `${check.what}; bwrap works here all the same` } : check;
}

async function tryOpen<E extends Engine>(
  open: () => Promise<E>,
): Promise<{ engine: E; fault?: undefined } | { engine?: undefined; fault: EngineFault }> {
  try {
    return { engine: await open() };
  } catch (fault) {
    if (fault instanceof EngineFault) return { fault };
    throw fault;
  }
}
