/**
 * Makes a grading environment: what its requirements name, and what the harness itself needs. By the pinned uv, from wheels only:
 * no package's own code runs on this host, not while it is installed, and not when its interpreter is asked something.
 */
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { buildEnvironmentImage, hasImage } from './docker-image.js';
import { defaultGradingImage } from '../docker/grading-image.js';
import { EngineFault, type EngineName } from '../engine.js';
import type { SandboxConfig } from '../environment.js';
import { packageFolder } from '../stage.js';
import { RequirementsProblem } from './problem.js';
import { environmentsFolder, findEnvironment, folderOf, writeRecord, type EnvironmentRecord } from './store.js';

export interface BuildOptions {
  engine: EngineName;
  /** Variables that tell uv of a site's own index, proxy and certificates. */
  forUv: Readonly<Record<string, string>>;
}

/** What the harness imports: the lines of the grading image's own list. */
const harnessNeeds = /^(pytest|ipython)\b/i;
const buildWithinMs = 10 * 60_000;

/** @returns the environment, made now or found as it should be. @throws RequirementsProblem, EngineFault */
export async function buildEnvironment(
  config: SandboxConfig,
  name: string,
  requirements: readonly string[],
  { engine, forUv }: BuildOptions,
): Promise<{ record: EnvironmentRecord; made: boolean }> {
  const list = await readFile(join(packageFolder, 'images', 'requirements.txt'), 'utf8');
  const needs = list.split('\n').filter((line) => harnessNeeds.test(line));
  const python = await basePython(config);
  const image = config.gradingImage ?? defaultGradingImage();
  const hash = createHash('sha256')
    .update(JSON.stringify([...requirements].sort()))
    .update(JSON.stringify([needs, python]))
    .digest('hex')
    .slice(0, 12);
  const tag = `nbpulse-environment-${name}:${createHash('sha256').update(`${hash} ${image}`).digest('hex').slice(0, 12)}`;
  const known = await findEnvironment(config, name);
  const fits = known?.hash === hash;
  const isThere = engine === 'docker' ? known?.image === tag && (await hasImage(config, tag)) : known?.venv === true;
  if (fits && isThere) return { record: known, made: false };

  const root = environmentsFolder(config);
  await mkdir(root, { recursive: true, mode: 0o755 });
  const unfinished = join(root, `.${name}-${randomBytes(4).toString('hex')}`);
  const wanted = join(unfinished, 'requirements.txt');
  const uv = uvRunner(config, forUv);
  const keepsVenv = fits && known.venv;
  const record: EnvironmentRecord = {
    name,
    hash,
    requirements: [...requirements],
    madeAt: new Date().toISOString(),
    venv: engine === 'bubblewrap' || keepsVenv,
    image: engine === 'docker' ? tag : fits ? known.image : null,
  };
  try {
    await mkdir(unfinished, { mode: 0o755 });
    await writeFile(wanted, `${[...requirements, ...needs].join('\n')}\n`);
    const install = ['pip', 'install', '--only-binary', ':all:', '-r', wanted];
    if (engine === 'docker') {
      const site = join(unfinished, 'site');
      await uv([...install, '--python', python, '--python-version', '3.11', '--target', site]);
      await withoutStartUpCode(site);
      await buildEnvironmentImage(config, { tag, base: image, name, site });
      await writeRecord(folderOf(config, name), record);
      return { record, made: true };
    }
    const venv = join(unfinished, 'venv');
    await uv(['venv', '--no-project', '--python', python, venv]);
    await uv([...install, '--python', join(venv, 'bin', 'python')]);
    const [version = ''] = await readdir(join(venv, 'lib'));
    const site = join(venv, 'lib', version, 'site-packages');
    await withoutStartUpCode(site);
    // The sandbox has it read-only, so byte code is made now or never; -S, so that nothing of the packages runs here.
    await run(python, ['-I', '-S', '-m', 'compileall', '-q', '-j', '0', site]).catch(() => undefined);
    await writeRecord(unfinished, record);
    await rm(folderOf(config, name), { recursive: true, force: true });
    await rename(unfinished, folderOf(config, name));
    await chmod(folderOf(config, name), 0o755);
    return { record, made: true };
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

const run = (command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env) =>
  promisify(execFile)(command, args, { cwd: '/', env, timeout: buildWithinMs, maxBuffer: 16 * 1024 * 1024 });

async function basePython({ gradingPython = 'python3' }: SandboxConfig): Promise<string> {
  try {
    const { stdout } = await run(gradingPython, ['-I', '-c', 'import sys; print(sys._base_executable)']);
    return stdout.trim();
  } catch (cause) {
    throw new EngineFault(`${gradingPython} does not start.`, 'Run npm start once; or set NBPULSE_GRADING_PYTHON.', {
      cause,
    });
  }
}

function uvRunner(config: SandboxConfig, forUv: Readonly<Record<string, string>>): (args: string[]) => Promise<void> {
  const uv = config.uvPath ?? 'uv';
  // What this process knows of the server is no business of an installer's.
  const own = Object.entries(process.env).filter(([name]) => !/^(NBPULSE_|DATABASE_URL$|VIRTUAL_ENV$)/.test(name));
  const env = {
    ...Object.fromEntries(own),
    ...(config.uvPath === undefined ? {} : { UV_CACHE_DIR: join(dirname(config.uvPath), '../../caches/uv') }),
    ...forUv,
    UV_PYTHON_DOWNLOADS: 'never',
    UV_NO_PROGRESS: '1',
    UV_NO_CONFIG: '1',
  };
  return async (args) => {
    try {
      await run(uv, args, env);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') {
        throw new EngineFault('There is no uv, which makes environments.', 'Run npm start once, or: pip install uv', {
          cause,
        });
      }
      const said = (cause as { stderr?: string }).stderr ?? String(cause);
      const words = `The packages of requirements.txt cannot be installed: ${inWords(said)}`;
      if (cannotBeHad.test(said)) throw new RequirementsProblem(words, mendIt, { cause });
      throw new EngineFault(words, reachIt, { cause });
    }
  };
}

/** uv draws a tree around its reasons. */
function inWords(said: string): string {
  const lines = said
    .split('\n')
    .filter((line) => !/^(Using|Resolved|Creating|Activate|Prepared|Downloading)/.test(line.trim()));
  return lines
    .join(' ')
    .replaceAll(/[×╰─▶│├╭]+/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 800);
}

const cannotBeHad = /No solution found|not found in the package registry|no wheels|no version|unsatisfiable/i;
const mendIt =
  'Mend requirements.txt: the name, or the version, or two that do not go together. Only packages with wheels can be had.';
const reachIt =
  'Is the package index within reach? Behind a proxy set HTTPS_PROXY; for an index of your own set PIP_INDEX_URL.';

/** Python runs `import` lines of .pth files and sitecustomize.py at each start, on this host too when it is asked for its folders. */
async function withoutStartUpCode(site: string): Promise<void> {
  for (const name of await readdir(site)) {
    if (/^(site|user)customize(\.py)?$/.test(name)) await rm(join(site, name), { recursive: true });
    if (!name.endsWith('.pth')) continue;
    const path = join(site, name);
    const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => !/^import[ \t]/.test(line));
    await writeFile(path, lines.join('\n'));
  }
  await chmod(dirname(site), 0o755);
}
