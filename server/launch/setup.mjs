/**
 * Everything that must be there before anything can be started or tested, made in the order that the parts need each other.
 * What cannot be had (no Python, PyPI out of reach) is a value with its reason: pages run without notebook and grading.
 */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ensureCompiled, ensureExtension, ensurePages } from './build.mjs';
import { chooseEngine } from './engine.mjs';
import { ensureNpmPackages } from './npm-packages.mjs';
import { takeOnly } from './only-one.mjs';
import { LaunchProblem } from './problem.mjs';
import { say } from './progress.mjs';
import { ensureEnvironment, ensureTools, ensureWheel, ensureWheelIn, findPython } from './python.mjs';

const waitForOtherMs = 15 * 60 * 1000;

/** @typedef {{ why: string, cure?: string }} Missing */
/** @template T @typedef {{ ok: true, value: T } | ({ ok: false } & Missing)} Part */

/**
 * One set-up at a time in a checkout; a second one waits for the first.
 * @template T @param {import('./layout.mjs').Home} home @param {() => Promise<T>} work @returns {Promise<T>}
 */
export async function alone(home, work) {
  const path = join(home.setup, 'busy');
  const until = performance.now() + waitForOtherMs;
  for (let told = false; ; await delay(200)) {
    const lock = takeOnly(path, {});
    if (lock.held) {
      try {
        return await work();
      } finally {
        lock.release();
      }
    }
    if (!told) say(`Set-up is already under way in this checkout (process ${lock.pid}); waiting for it.`);
    told = true;
    if (performance.now() > until)
      throw new LaunchProblem(
        `Process ${lock.pid} has been setting up for ${waitForOtherMs / 60_000} minutes.`,
        `kill ${lock.pid}`,
      );
  }
}

/** A part that may be missing: an expected failure becomes its reason. @template T @param {() => Promise<T>} work @returns {Promise<Part<T>>} */
async function part(work) {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (!(error instanceof LaunchProblem)) throw error;
    return { ok: false, why: error.message, cure: error.cure };
  }
}

/**
 * @param {import('./layout.mjs').Home} home
 * @param {{ notebook?: boolean, grading?: boolean, develop?: boolean, pages?: boolean }} wants
 */
export async function setUp(home, { notebook = true, grading = true, develop = false, pages = true }) {
  const python = findPython();
  const built = (async () => {
    await ensureNpmPackages(home);
    await ensureCompiled(home);
    if (pages) await ensurePages(home);
  })();
  // It is awaited below; a failure must not be "unhandled" while the Python side is still at work.
  built.catch(() => undefined);

  const tools = await part(async () => {
    const found = await python;
    if (!('executable' in found)) throw new LaunchProblem(found.why, found.cure);
    return { python: found, ...(await ensureTools(home, found)) };
  });
  /** @param {'lab' | 'grading' | 'develop'} name @param {string} title */
  const environment = (name, title) =>
    part(async () => {
      if (!tools.ok) throw new LaunchProblem(tools.why, tools.cure);
      if (name === 'grading' && home.user && !tools.value.python.forOthers) {
        throw new LaunchProblem(
          `the sandbox runs as the user "${home.user.name}", which cannot read ${tools.value.python.executable}`,
          'apt-get install python3',
        );
      }
      return ensureEnvironment(home, tools.value.python, tools.value.uv, name, title);
    });
  const lab = notebook ? await environment('lab', 'JupyterLab') : off;
  const gradingPython = grading ? await environment('grading', 'Python for grading') : off;
  const developPython = develop ? await environment('develop', 'Python for tests and checks') : off;

  await built;
  const wheel = await part(async () => {
    if (!tools.ok) throw new LaunchProblem(tools.why, tools.cure);
    await ensureExtension(home);
    const made = await ensureWheel(home, tools.value.uv, tools.value.python);
    for (const [name, there] of /** @type {const} */ ([
      ['lab', lab],
      ['develop', developPython],
    ])) {
      if (there.ok) await ensureWheelIn(home, tools.value.uv, name, made);
    }
    return made.wheel;
  });
  const engine = grading ? await chooseEngine(home, tools.ok ? tools.value.bwrap : undefined) : null;
  return { tools, lab, grading: gradingPython, develop: developPython, wheel, engine };
}
/** @typedef {Awaited<ReturnType<typeof setUp>>} SetUp */

const off = /** @type {const} */ ({ ok: false, why: 'turned off' });
