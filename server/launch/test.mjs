/**
 * `npm test`: sets up what is missing, runs every suite that this host can run, one after another, and ends with what it could
 * not run, the command that would make it possible, and one plain line over all runners.
 *
 *   npm test -- --only vitest        one runner (vitest, jest, pytest, launch, browser), may be repeated
 *   NBPULSE_REQUIRE=chromium,docker  a missing part is a failure
 *
 * Tests that skip themselves append a JSON line `{"what", "cure"}` to the file that NBPULSE_SKIPS names.
 */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ask, stopCommands } from './command.mjs';
import { dockerForTests } from './docker-for-tests.mjs';
import { openHome, root } from './layout.mjs';
import { LaunchProblem, explain } from './problem.mjs';
import { say } from './progress.mjs';
import { alone, setUp } from './setup.mjs';
import { countReport, fromJestJson, fromJunit, fromPlaywright } from './test-reports.mjs';
import { startTied } from './tied-process.mjs';

const node = process.execPath;
const bin = (/** @type {string} */ path) => join(root, 'node_modules', path);
const runnerNames = /** @type {const} */ (['vitest', 'jest', 'pytest', 'launch', 'browser']);
/** @typedef {(typeof runnerNames)[number]} RunnerName */
/** A part that is missing, and how to get it. @typedef {{ what: string, cure: string }} Skip */

/** @type {import('./tied-process.mjs').TiedProcess | undefined} */
let current;
/** @type {(() => Promise<unknown>)[]} */
const atEnd = [];

async function end(/** @type {number} */ code) {
  await stopCommands();
  await current?.stop();
  for (const close of atEnd.splice(0).reverse()) await close();
  process.exit(code);
}

async function main() {
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.once(signal, () => void end(130));
  const { only, rest } = readArguments();
  const required = (process.env.NBPULSE_REQUIRE ?? '').split(',').filter(Boolean);
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
    ...(made.grading.ok ? { NBPULSE_GRADING_PYTHON: made.grading.value } : {}),
    ...(made.lab.ok ? { NBPULSE_LAB_PYTHON: made.lab.value } : {}),
    ...(made.develop.ok ? { NBPULSE_DEVELOP_PYTHON: made.develop.value } : {}),
    ...(made.wheel.ok ? { NBPULSE_WHEEL: made.wheel.value } : {}),
    ...(made.engine?.engine === 'bubblewrap' ? { NBPULSE_BWRAP: made.engine.bwrap } : {}),
    ...(chromium ? { NBPULSE_CHROMIUM: chromium } : {}),
    ...(docker?.ok ? { DOCKER_HOST: docker.host } : {}),
  };

  const report = (/** @type {string} */ name) => join(reports, name);
  /** @type {Record<RunnerName, { command: string, args: string[], env?: NodeJS.ProcessEnv, report: string, read: (text: string) => import('./test-reports.mjs').Counts } | null>} */
  const runners = {
    vitest: {
      command: node,
      args: [
        bin('vitest/vitest.mjs'),
        'run',
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report('vitest.json')}`,
      ],
      report: report('vitest.json'),
      read: fromJestJson,
    },
    jest: {
      command: node,
      args: [bin('jest/bin/jest.js'), '--maxWorkers=2', '--json', `--outputFile=${report('jest.json')}`],
      report: report('jest.json'),
      read: fromJestJson,
    },
    pytest: made.develop.ok
      ? {
          command: made.develop.value,
          args: ['-m', 'pytest', '-p', 'no:cacheprovider', `--junitxml=${report('pytest.xml')}`, ...pythonTests()],
          env: { PYTHONDONTWRITEBYTECODE: '1' },
          report: report('pytest.xml'),
          read: fromJunit,
        }
      : null,
    launch: {
      command: node,
      args: [
        '--test',
        '--test-concurrency=1',
        ...reporters(report('launch.xml')),
        ...(rest.length > 0 ? [] : launchTests()),
      ],
      report: report('launch.xml'),
      read: fromJunit,
    },
    browser: chromium
      ? {
          command: node,
          args: [
            bin('@playwright/test/cli.js'),
            'test',
            '--config',
            'server/e2e/playwright.config.ts',
            '--reporter=list,json',
          ],
          env: {
            PLAYWRIGHT_JSON_OUTPUT_NAME: report('browser.json'),
            PLAYWRIGHT_JSON_OUTPUT_FILE: report('browser.json'),
          },
          report: report('browser.json'),
          read: fromPlaywright,
        }
      : null,
  };

  const total = { passed: 0, failed: 0, skipped: 0 };
  /** @type {string[]} */
  const lines = [];
  for (const name of only) {
    const runner = runners[name];
    if (runner === null) continue;
    say(`\n── ${name} ${'─'.repeat(70 - name.length)}`);
    const began = performance.now();
    current = startTied(runner.command, [...runner.args, ...rest], {
      cwd: root,
      env: { ...env, ...runner.env },
      output: ['inherit', 'inherit'],
      graceSeconds: 20,
    });
    const code = await current.exited;
    const { note, ...counts } = countReport(runner.report, runner.read, code);
    for (const key of /** @type {const} */ (['passed', 'failed', 'skipped'])) total[key] += counts[key];
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    lines.push(`  ${name.padEnd(8)} ${said(counts)}  (${seconds} s)${note ? `  – ${note}` : ''}`);
  }

  skips.push(...readSkips(skipFile));
  const unmet = required.filter((part) => skips.some(({ what }) => what.toLowerCase().startsWith(part)));
  total.failed += unmet.length;
  process.stdout.write(`\n${lines.join('\n')}\n`);
  if (skips.length > 0) {
    process.stdout.write('\nCould not run here:\n');
    for (const { what, cure } of unique(skips)) process.stdout.write(`  ${what}\n    → ${cure}\n`);
  }
  for (const part of unmet)
    process.stdout.write(`\nNBPULSE_REQUIRE names ${part}, which is missing: counted as a failure.\n`);
  process.stdout.write(`\n${said(total)}\n`);
  await end(total.failed > 0 || total.passed === 0 ? 1 : 0);
}

/** @param {import('./test-reports.mjs').Counts} counts */
const said = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`;

/** @param {string} xml */
const reporters = (xml) => [
  ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
  ...['--test-reporter=junit', `--test-reporter-destination=${xml}`],
];

function pythonTests() {
  return ['extension/test_python', 'sandbox/harness/test', 'examples'].filter((path) => existsSync(join(root, path)));
}

function launchTests() {
  const folder = join(root, 'server/launch');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.test.mjs'))
    .map((name) => join(folder, name));
}

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
