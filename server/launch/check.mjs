/**
 * `npm run check`: format, typed lint with zero warnings, types, import arrows, unused exports, file length; ruff and mypy for
 * Python. All of them run, so that one run shows all there is to mend. `-- --only eslint` runs one.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { stopCommands } from './command.mjs';
import { tooLong } from './file-length.mjs';
import { openHome, root } from './layout.mjs';
import { ensureNpmPackages } from './npm-packages.mjs';
import { LaunchProblem, explain } from './problem.mjs';
import { say } from './progress.mjs';
import { ensureEnvironment, ensureTools, findPython } from './python.mjs';
import { alone } from './setup.mjs';
import { startTied } from './tied-process.mjs';

const node = process.execPath;
const bin = (/** @type {string} */ path) => join(root, 'node_modules', path);

/**
 * Python that is checked, each folder with its own settings or those of another; `typed` is what mypy reads.
 * @type {{folder: string, typed: string[], settings?: string}[]}
 */
const pythonRoots = [
  { folder: 'extension', typed: ['nbpulse', 'hatch_build.py'] },
  {
    folder: 'sandbox/harness',
    typed: ['nbpulse_harness', 'oracle.py', 'probe.py', 'test/verdicts', 'test/test_corpus.py'],
  },
  { folder: 'sandbox/bench', typed: ['.'], settings: 'sandbox/harness' },
  { folder: 'server/bench', typed: ['.'], settings: 'sandbox/harness' },
  { folder: 'server/test', typed: ['.'], settings: 'sandbox/harness' },
  { folder: 'server/launch/python', typed: ['.'] },
].filter(({ folder }) => existsSync(join(root, folder)));

/** @returns {Promise<string>} the interpreter with ruff and mypy */
async function setUpTools() {
  const home = openHome();
  return alone(home, async () => {
    await ensureNpmPackages(home);
    const python = await findPython();
    if (!('executable' in python)) throw new LaunchProblem(`Python cannot be checked: ${python.why}.`, python.cure);
    const { uv } = await ensureTools(home, python);
    return ensureEnvironment(home, python, uv, 'develop', 'Python for tests and checks');
  });
}

async function main() {
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
    process.once(signal, () => void stopCommands().then(() => process.exit(130)));
  const { only } = parseArgs({ options: { only: { type: 'string', multiple: true } } }).values;
  const python = await setUpTools();
  const there = (/** @type {string[]} */ folders) => folders.filter((path) => existsSync(join(root, path)));

  /** @type {[string, () => Promise<boolean>][]} */
  const checks = [
    ['prettier', () => succeeds(node, [bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'])],
    ['types', () => succeeds(node, [bin('typescript/bin/tsc'), '-b'])],
    [
      'eslint',
      () => succeeds(node, ['--max-old-space-size=4096', bin('eslint/bin/eslint.js'), '--max-warnings', '0', '.']),
    ],
    [
      'import arrows',
      () =>
        succeeds(node, [
          bin('dependency-cruiser/bin/dependency-cruise.mjs'),
          ...there(['schema/src', 'sandbox/src', 'server/src', 'server/web/src', 'server/cli', 'extension/src']),
        ]),
    ],
    ['unused exports', () => succeeds(node, [bin('knip/bin/knip.js'), '--no-progress'])],
    ['file length', async () => report(tooLong())],
    ['ruff', () => inEach((folder, _, of) => succeeds(python, ['-m', 'ruff', 'check', ...ruffs(of), '.'], folder))],
    [
      'ruff format',
      () => inEach((folder, _, of) => succeeds(python, ['-m', 'ruff', 'format', '--check', ...ruffs(of), '.'], folder)),
    ],
    [
      'mypy',
      () =>
        inEach((folder, typed, of) =>
          succeeds(python, ['-m', 'mypy', '--strict', '--ignore-missing-imports', ...mypys(of), ...typed], folder, of),
        ),
    ],
  ];

  /** @type {string[]} */
  const lines = [];
  let failed = 0;
  for (const [name, check] of checks.filter(([name]) => only === undefined || only.includes(name))) {
    say(`── ${name}`);
    const began = performance.now();
    const good = await check();
    if (!good) failed += 1;
    lines.push(`  ${good ? 'ok    ' : 'FAILED'}  ${name} (${((performance.now() - began) / 1000).toFixed(0)} s)`);
  }
  process.stdout.write(`\n${lines.join('\n')}\n\n${lines.length - failed} passed, ${failed} failed\n`);
  return failed === 0 && lines.length > 0 ? 0 : 1;
}

/** What the benches import is read, and checked where it stands. @param {string} [settings] */
const mypys = (settings) => (settings === undefined ? [] : ['--follow-imports=silent']);

/** @param {string} [settings] */
const ruffs = (settings) => [
  '--no-cache',
  ...(settings === undefined ? [] : ['--config', join(settings, 'pyproject.toml')]),
];

/** @param {string} command @param {string[]} args @param {string} [cwd] @param {string} [modules] where Python finds more of ours */
async function succeeds(command, args, cwd = root, modules) {
  const more = modules === undefined ? {} : { MYPYPATH: modules };
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...more };
  return (await startTied(command, args, { cwd, output: ['inherit', 'inherit'], env }).exited) === 0;
}

/**
 * All of them run, so that one run shows all.
 * @param {(folder: string, typed: string[], settings?: string) => Promise<boolean>} check
 */
async function inEach(check) {
  let good = true;
  for (const { folder, typed, settings } of pythonRoots) {
    good = (await check(join(root, folder), typed, settings && join(root, settings))) && good;
  }
  return good;
}

/** @param {string[]} complaints */
function report(complaints) {
  for (const line of complaints) process.stdout.write(`${line}\n`);
  return complaints.length === 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  say(explain(error));
  process.exitCode = 1;
}
