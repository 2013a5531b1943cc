/**
 * `npm test`: sets up what is missing, runs every suite that this host can run, one after another, and ends with what it could
 * not run, the command that would make it possible, and one plain line over all runners.
 *
 *   npm test -- --only vitest        one runner (vitest, jest, pytest, launch, browser), may be repeated
 *   NBPULSE_REQUIRE=chromium,docker  a missing part is a failure
 *
 * Tests that skip themselves append a JSON line `{"what", "cure"}` to the file that NBPULSE_SKIPS names.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ask, stopCommands } from './command.mjs';
import { dockerForTests } from './docker-for-tests.mjs';
import { makeFolder, openHome, root } from './layout.mjs';
import { LaunchProblem, explain } from './problem.mjs';
import { say } from './progress.mjs';
import { alone, setUp } from './setup.mjs';
import { countReport } from './test-reports.mjs';
import { runnerNames, runnersOf } from './test-runners.mjs';
import { startTied } from './tied-process.mjs';

/** @typedef {import('./test-runners.mjs').RunnerName} RunnerName */
/** A part that is missing, and how to get it. @typedef {{ what: string, cure: string }} Skip */

/** A runner that hangs is ended; what it did not report is a failure. */
const runnerMs = 45 * 60_000;

/** @type {import('./tied-process.mjs').TiedProcess | undefined} */
let current;
/** @type {(() => Promise<unknown>)[]} */
const atEnd = [];

/** @type {Promise<never> | undefined} */
let ending;
/** Stops what was started and exits; the first call decides the code. @param {number} code @returns {Promise<never>} */
function end(code) {
  ending ??= (async () => {
    await stopCommands();
    await current?.stop();
    for (const close of atEnd.splice(0).reverse()) await close();
    process.exit(code);
  })();
  return ending;
}

async function main() {
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.once(signal, () => void end(130));
  const { only, rest } = readArguments();
  const required = (process.env.NBPULSE_REQUIRE ?? '').split(/[\s,]+/).filter(Boolean);
  if (process.getuid?.() === 0) process.umask(0o022);

  const reports = mkdtempSync(join(tmpdir(), 'nbpulse-reports-'));
  atEnd.push(async () => rmSync(reports, { recursive: true, force: true }));
  const skipFile = join(reports, 'skips.jsonl');
  writeFileSync(skipFile, '');

  const home = openHome();
  const made = await alone(home, () => setUp(home, { develop: true }));
  /** @type {Skip[]} */
  const skips = [];
  /** @param {string} part @param {string} what @param {string | undefined} cure */
  const missing = (part, what, cure) => skips.push({ what: `${part}: ${what}`, cure: cure ?? 'see above' });

  const chromium = await findChromium();
  if (chromium === null)
    missing('chromium', 'no Chromium was found, so no browser test ran', 'apt-get install chromium');
  const docker = only.some((name) => name === 'vitest' || name === 'browser')
    ? await dockerForTests(join(home.logs, 'dockerd.log'))
    : null;
  if (docker?.ok) atEnd.push(docker.stop);
  else if (docker) missing('docker', `${docker.why}, so the Docker engine was not tested`, docker.cure);
  if (made.engine?.engine === 'none')
    missing('bubblewrap', `${made.engine.why}, so grading was not tested`, made.engine.cure);
  for (const part of /** @type {const} */ (['grading', 'develop', 'lab', 'wheel'])) {
    const there = made[part];
    if (!there.ok) missing(`python (${part})`, there.why, there.cure);
  }

  /** @type {NodeJS.ProcessEnv} */
  const env = {
    ...process.env,
    DATABASE_URL: undefined,
    NODE_ENV: undefined,
    NBPULSE_SKIPS: skipFile,
    NBPULSE_TEST_FOLDER: makeFolder(join(home.setup, 'test'), home.user ? 0o711 : 0o700),
    ...(made.grading.ok ? { NBPULSE_GRADING_PYTHON: made.grading.value } : {}),
    ...(made.lab.ok ? { NBPULSE_LAB_PYTHON: made.lab.value } : {}),
    ...(made.develop.ok ? { NBPULSE_DEVELOP_PYTHON: made.develop.value } : {}),
    ...(made.wheel.ok ? { NBPULSE_WHEEL: made.wheel.value } : {}),
    ...(made.engine?.engine === 'bubblewrap' ? { NBPULSE_BWRAP: made.engine.bwrap } : {}),
    ...(chromium ? { NBPULSE_CHROMIUM: chromium } : {}),
    ...(docker?.ok ? { DOCKER_HOST: docker.host } : {}),
  };

  const total = { passed: 0, failed: 0, skipped: 0 };
  /** @type {string[]} */
  const failures = [];
  /** @type {string[]} */
  const lines = [];
  const host = { reports, python: made.develop.ok ? made.develop.value : null, chromium, rest };
  for (const runner of only.flatMap((name) => runnersOf(name, host))) {
    say(`\n── ${runner.title} ${'─'.repeat(70 - runner.title.length)}`);
    const began = performance.now();
    const { command, args, cwd } = runner;
    current = startTied(command, args, {
      cwd,
      env: { ...env, ...runner.env },
      output: ['inherit', 'inherit'],
      graceSeconds: 20,
    });
    const timer = setTimeout(() => {
      say(`${runner.title} has been at work for ${runnerMs / 60_000} minutes; it is stopped.`);
      void current?.stop();
    }, runnerMs);
    const code = await current.exited;
    clearTimeout(timer);
    const { note, failures: failed, ...counts } = countReport(runner.report, runner.read, code);
    failures.push(...failed.map((line) => `  ${runner.title}: ${line.replaceAll(`${root}/`, '')}`));
    for (const key of /** @type {const} */ (['passed', 'failed', 'skipped'])) total[key] += counts[key];
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    lines.push(`  ${runner.title.padEnd(24)} ${said(counts)}  (${seconds} s)${note ? `  – ${note}` : ''}`);
  }

  skips.push(...readSkips(skipFile));
  const unmet = required.filter((part) => skips.some(({ what }) => what.toLowerCase().startsWith(part)));
  total.failed += unmet.length;
  process.stdout.write(`\n${lines.join('\n')}\n`);
  if (skips.length > 0) {
    process.stdout.write('\nCould not run here:\n');
    for (const { what, cure } of unique(skips)) process.stdout.write(`  ${what}\n    → ${cure}\n`);
  }
  // Last, so that whoever has only the end of a long log knows which they were.
  if (failures.length > 0) process.stdout.write(`\nFailed:\n${failures.join('\n')}\n`);
  for (const part of unmet)
    process.stdout.write(`\nNBPULSE_REQUIRE names ${part}, which is missing: counted as a failure.\n`);
  process.stdout.write(`\n${said(total)}\n`);
  await end(total.failed > 0 || total.passed === 0 ? 1 : 0);
}

/** @param {Omit<import('./test-reports.mjs').Counts, 'failures'>} counts */
const said = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`;

/** @returns {{ only: RunnerName[], rest: string[] }} what follows `--` goes to the runner */
function readArguments() {
  const { values, positionals } = parseArgs({
    options: { only: { type: 'string', multiple: true } },
    allowPositionals: true,
  });
  const wanted = values.only ?? [...runnerNames];
  const unknown = wanted.find((name) => !(/** @type {readonly string[]} */ (runnerNames).includes(name)));
  if (unknown !== undefined)
    throw new LaunchProblem(`There is no runner "${unknown}".`, `Runners: ${runnerNames.join(', ')}`);
  return { only: /** @type {RunnerName[]} */ (wanted), rest: positionals };
}

async function findChromium() {
  for (const name of [
    process.env.NBPULSE_CHROMIUM,
    'chromium',
    'chromium-browser',
    'google-chrome-stable',
    'google-chrome',
  ]) {
    const path = name && (await ask('/bin/sh', ['-c', 'command -v "$0"', name]));
    if (path) return path;
  }
  return null;
}

/** @param {string} path @returns {Skip[]} */
function readSkips(path) {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const { what, cure } = JSON.parse(line);
      return { what: String(what), cure: String(cure) };
    });
}

/** @param {Skip[]} skips */
function unique(skips) {
  return [...new Map(skips.map((skip) => [skip.what, skip])).values()];
}

try {
  await main();
} catch (error) {
  say(`\n${explain(error)}`);
  process.stdout.write('\n0 passed, 1 failed, 0 skipped\n');
  await end(1);
}
