/**
 * `npm run test:matrix`: our wheel in the Jupyters that students have, each in an environment of its own that is made for the run and
 * removed after it. Wide and slow (minutes), so it is no part of `npm test`. Versions are those of a day: `newest` below.
 *
 *   npm run test:matrix -- lab-6 hub     only these
 *
 * What it plays, and what it only imitates, is in server/e2e/matrix.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, run, stopCommands } from './command.mjs';
import { openHome, root } from './layout.mjs';
import { LaunchProblem, explain } from './problem.mjs';
import { say } from './progress.mjs';
import { runUv } from './python.mjs';
import { alone, setUp } from './setup.mjs';
import { startTied } from './tied-process.mjs';

/** No release after this day is taken, so that a run can be repeated. */
const newest = '2026-10-25';
const lab = ['jupyterlab>=4.6,<4.7', 'notebook>=7.6,<7.7'];
/** @type {Record<string, { packages: string[], fronts: string[] }>} */
const environments = {
  'lab-6': { packages: ['ipykernel>=6,<7', ...lab], fronts: ['lab', 'notebook'] },
  'lab-7': { packages: ['ipykernel>=7,<8', ...lab], fronts: ['lab', 'notebook'] },
  'lab-4.4': {
    packages: ['ipykernel>=7,<8', 'jupyterlab>=4.4,<4.5', 'notebook>=7.4,<7.5'],
    fronts: ['lab', 'notebook'],
  },
  'documents-6': { packages: ['ipykernel>=6,<7', lab[0] ?? '', 'jupyter-server-documents'], fronts: ['lab'] },
  'documents-7': { packages: ['ipykernel>=7,<8', lab[0] ?? '', 'jupyter-server-documents'], fronts: ['lab'] },
  'hub-6': { packages: ['ipykernel>=6,<7', lab[0] ?? '', 'jupyterhub>=5,<6'], fronts: ['hub'] },
  'hub-7': { packages: ['ipykernel>=7,<8', lab[0] ?? '', 'jupyterhub>=5,<6'], fronts: ['hub'] },
};
const chromiums = [
  process.env.NBPULSE_CHROMIUM,
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
];

const folder = mkdtempSync(join(tmpdir(), 'nbpulse-matrix-'));
/** @type {import('./tied-process.mjs').TiedProcess | undefined} */
let current;

/** @param {number} code @returns {Promise<never>} */
async function end(code) {
  await stopCommands();
  await current?.stop();
  rmSync(folder, { recursive: true, force: true });
  process.exit(code);
}

async function main() {
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.once(signal, () => void end(130));
  const names = process.argv.slice(2);
  const unknown = names.find((name) => !(name in environments));
  if (unknown !== undefined)
    throw new LaunchProblem(`There is no environment "${unknown}".`, Object.keys(environments).join(', '));
  const home = openHome();
  const made = await alone(home, () => setUp(home, { grading: false }));
  if (!made.tools.ok) throw new LaunchProblem(made.tools.why, made.tools.cure);
  if (!made.wheel.ok) throw new LaunchProblem(made.wheel.why, made.wheel.cure);
  const chromium = await findChromium();

  const chosen = names.length > 0 ? names : Object.keys(environments);
  const proxy = chosen.some((name) => name.startsWith('hub')) ? await hubProxy() : '';
  /** @type {{ name: string, python: string, front: string }[]} */
  const combinations = [];
  for (const name of chosen) {
    const { packages, fronts } = environments[name] ?? { packages: [], fronts: [] };
    say(`environment ${name}: ${packages.join(', ')}`);
    const place = join(folder, name);
    const python = join(place, 'bin/python');
    const log = join(home.logs, `matrix-${name}.log`);
    await runUv(
      home,
      made.tools.value.uv,
      ['venv', '--no-project', '--python', made.tools.value.python.executable, place],
      log,
    );
    const options = ['--exclude-newer', newest, '--python', python];
    await runUv(home, made.tools.value.uv, ['pip', 'install', ...options, ...packages], log);
    const own = ['--no-deps', '--offline', '--no-index', '--python', python, made.wheel.value];
    await runUv(home, made.tools.value.uv, ['pip', 'install', ...own], log);
    combinations.push(...fronts.map((front) => ({ name, python, front })));
  }

  current = startTied(
    process.execPath,
    [join(root, 'node_modules/@playwright/test/cli.js'), 'test', '--config', 'server/e2e/matrix/matrix.config.ts'],
    {
      cwd: root,
      output: ['inherit', 'inherit'],
      graceSeconds: 30,
      env: {
        ...process.env,
        NODE_ENV: undefined,
        DATABASE_URL: undefined,
        NBPULSE_CHROMIUM: chromium,
        NBPULSE_MATRIX: JSON.stringify(combinations),
        NBPULSE_HUB_PROXY: proxy,
      },
    },
  );
  await end(await current.exited);
}

async function findChromium() {
  for (const name of chromiums) {
    const path = name && (await ask('/bin/sh', ['-c', 'command -v "$0"', name]));
    if (path) return path;
  }
  throw new LaunchProblem('No Chromium was found.', 'apt-get install chromium');
}

/** JupyterHub's own proxy is an npm package. */
async function hubProxy() {
  const place = join(folder, 'proxy');
  const what = [
    'configurable-http-proxy@^5',
    '--prefix',
    place,
    `--before=${newest}`,
    '--ignore-scripts',
    '--no-audit',
  ];
  await run('npm', ['install', '--silent', ...what], { log: join(folder, 'proxy.log'), cwd: folder });
  return join(place, 'node_modules/.bin/configurable-http-proxy');
}

try {
  await main();
} catch (error) {
  say(explain(error));
  await end(1);
}
