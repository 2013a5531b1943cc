/** The runners of `npm test`: how each is called so that it writes a report that can be counted. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './layout.mjs';
import { fromJestJson, fromJunit, fromPlaywright } from './test-reports.mjs';

/**
 * @typedef {object} Runner
 * @property {string} title
 * @property {string} command
 * @property {string[]} args
 * @property {string} cwd
 * @property {NodeJS.ProcessEnv} [env]
 * @property {string} report
 * @property {(text: string) => import('./test-reports.mjs').Counts} read
 */

export const runnerNames = /** @type {const} */ (['vitest', 'jest', 'pytest', 'launch', 'browser']);
/** @typedef {(typeof runnerNames)[number]} RunnerName */

const node = process.execPath;
const bin = (/** @type {string} */ path) => join(root, 'node_modules', path);

/** Python packages with tests; each is its own root, with its own settings. */
const pythonRoots = [
  { folder: 'extension', tests: 'test_python' },
  { folder: 'sandbox/harness', tests: 'test' },
  { folder: 'server/launch/python', tests: '.' },
  { folder: 'examples', tests: '.' },
];

/**
 * @param {RunnerName} name
 * @param {{ reports: string, python: string | null, chromium: string | null, rest: string[] }} host `rest`: a developer's own arguments
 * @returns {Runner[]} none when this host lacks what the runner needs
 */
export function runnersOf(name, { reports, python, chromium, rest }) {
  const report = (/** @type {string} */ file) => join(reports, file);
  switch (name) {
    case 'vitest': {
      const json = report('vitest.json');
      const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${json}`];
      const args = [bin('vitest/vitest.mjs'), 'run', ...reporters, ...rest];
      return [{ title: name, command: node, args, cwd: root, report: json, read: fromJestJson }];
    }
    case 'jest': {
      const json = report('jest.json');
      const args = [bin('jest/bin/jest.js'), '--maxWorkers=2', '--json', `--outputFile=${json}`, ...rest];
      return [{ title: name, command: node, args, cwd: root, report: json, read: fromJestJson }];
    }
    case 'pytest':
      return python === null ? [] : pythonRunners(python, report, rest);
    case 'launch': {
      const xml = report('launch.xml');
      const reporters = ['spec', 'stdout', 'junit', xml].map((value, index) =>
        index % 2 === 0 ? `--test-reporter=${value}` : `--test-reporter-destination=${value}`,
      );
      const args = ['--test', '--test-concurrency=1', ...reporters, ...(rest.length > 0 ? rest : launchTests())];
      return [{ title: name, command: node, args, cwd: root, report: xml, read: fromJunit }];
    }
    case 'browser': {
      if (chromium === null) return [];
      const json = report('browser.json');
      const args = [
        bin('@playwright/test/cli.js'),
        'test',
        '--config',
        'server/e2e/playwright.config.ts',
        '--reporter=list,json',
      ];
      const env = { PLAYWRIGHT_JSON_OUTPUT_NAME: json, PLAYWRIGHT_JSON_OUTPUT_FILE: json };
      return [
        { title: name, command: node, args: [...args, ...rest], cwd: root, env, report: json, read: fromPlaywright },
      ];
    }
    default:
      throw new Error(`there is no runner ${String(name)}`);
  }
}

/** @param {string} python @param {(file: string) => string} report @param {string[]} rest @returns {Runner[]} */
function pythonRunners(python, report, rest) {
  return pythonRoots
    .filter(({ folder, tests }) => holdsPythonTests(join(root, folder, tests)))
    .map(({ folder, tests }) => {
      const xml = report(`pytest-${folder.replaceAll('/', '-')}.xml`);
      return {
        title: `pytest ${folder}`,
        command: python,
        args: ['-m', 'pytest', '-p', 'no:cacheprovider', `--junitxml=${xml}`, ...(rest.length > 0 ? rest : [tests])],
        cwd: join(root, folder),
        env: { PYTHONDONTWRITEBYTECODE: '1' },
        report: xml,
        read: fromJunit,
      };
    });
}

/** @param {string} folder */
function holdsPythonTests(folder) {
  // The hidden tests of example assignments are for the grading, not for us: only the top level of `examples` counts.
  return existsSync(folder) && readdirSync(folder).some((name) => /^test_.*\.py$/.test(name));
}

function launchTests() {
  const folder = join(root, 'server/launch');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.test.mjs'))
    .map((name) => join(folder, name));
}
