/**
 * The build: TypeScript, the teacher's pages, the JupyterLab extension. Each is done again only when its sources changed. Types
 * are not checked here: that is for `npm run check`, and takes longer than all of this.
 */
import { join } from 'node:path';
import { run } from './command.mjs';
import { root } from './layout.mjs';
import { ensure, hashOf } from './steps.mjs';

const compiler = join(root, 'node_modules/typescript/bin/tsc');
const compilerInputs = ['package-lock.json', 'tsconfig.base.json', 'tsconfig.json'];

/** Server, worker, sandbox and the words they share. @param {import('./layout.mjs').Home} home */
export async function ensureCompiled(home) {
  await ensure(home.stamps, {
    name: 'server',
    inputs: hashOf(root, [
      ...compilerInputs,
      ...['schema', 'sandbox', 'server'].flatMap((name) => [
        `${name}/package.json`,
        `${name}/tsconfig.json`,
        `${name}/src`,
      ]),
      ...['cli', 'simulator', 'bench', 'test', 'e2e'].map((name) => `server/${name}`),
      'sandbox/test',
      'sandbox/bench',
    ]),
    makes: ['server/dist/src/main.js', 'server/dist/src/worker.js', 'server/dist/cli/main.js'].map((path) =>
      join(root, path),
    ),
    run: () =>
      run(process.execPath, [compiler, '-b', '--noCheck', 'schema', 'sandbox', 'server'], {
        log: join(home.logs, 'compile.log'),
        cwd: root,
      }),
  });
}

/** @param {import('./layout.mjs').Home} home */
export async function ensurePages(home) {
  await ensure(home.stamps, {
    name: "teacher's pages",
    inputs: hashOf(root, [
      ...compilerInputs,
      'server/web',
      'schema/src/wire',
      'schema/package.json',
      'server/package.json',
    ]),
    makes: [join(root, 'server/dist/web/index.html')],
    run: () =>
      run(
        process.execPath,
        [
          join(root, 'node_modules/vite/bin/vite.js'),
          'build',
          '--config',
          'server/web/vite.config.ts',
          '--logLevel',
          'warn',
        ],
        {
          log: join(home.logs, 'pages.log'),
          cwd: root,
        },
      ),
  });
}

/**
 * Labextension, into extension/nbpulse/labextension: the steps of `npm run build -w extension` without the type check.
 * @param {import('./layout.mjs').Home} home
 */
export async function ensureExtension(home) {
  const folder = join(root, 'extension');
  const log = join(home.logs, 'extension.log');
  const core = join(root, 'node_modules/@jupyterlab/core-meta/core.package.json');
  const builder = [
    join(root, 'node_modules/@jupyter/builder/lib/build-labextension.js'),
    '--core-package-file',
    core,
    '.',
  ];
  await ensure(home.stamps, {
    name: 'JupyterLab extension',
    inputs: hashOf(root, [
      ...compilerInputs,
      ...['package.json', 'tsconfig.json', 'src', 'style', 'settings', 'nbpulse', 'build-kernel-source.mjs'].map(
        (name) => `extension/${name}`,
      ),
      'schema/src/wire',
      'schema/package.json',
    ]),
    makes: [join(folder, 'nbpulse/labextension/package.json')],
    async run() {
      for (const args of [[compiler, '-b', '--noCheck'], ['build-kernel-source.mjs'], builder]) {
        await run(process.execPath, args, { log, cwd: folder });
      }
    },
  });
}
