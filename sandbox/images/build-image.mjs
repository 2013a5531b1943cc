#!/usr/bin/env node
/**
 * Makes the grading image, or a root folder with the same contents for bubblewrap (NBPULSE_GRADING_ROOT).
 *
 *   node build-image.mjs                 the image, skipped when it is there already
 *   node build-image.mjs --root DIR      the root folder, skipped when it is there already
 *   node build-image.mjs --from-root DIR the image from such a folder, which is made when it is missing
 *   node build-image.mjs --registry      base image from a registry, wheels from PyPI (default: try, else as below)
 *   node build-image.mjs --no-registry   base from Debian packages (mmdebstrap, as root), wheels from PyPI
 *   node build-image.mjs --print-tag     the image's name, nothing else
 *
 * The tag is a hash of this folder's inputs. Takes 20–40 s and 400 MB; DOCKER_HOST is honoured.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const inputs = ['Dockerfile', 'requirements.txt', 'build-image.mjs'];
const suite = 'bookworm';
const pythonVersion = '3.11';
const packages = 'python3,dash,bash,coreutils,base-files,libc-bin,libstdc++6,procps,tzdata';

function inputsHash() {
  const hash = createHash('sha256');
  for (const name of inputs) {
    hash.update(`${name}\0`);
    hash.update(readFileSync(join(here, name)));
  }
  return hash.digest('hex').slice(0, 12);
}

/** A failure in words, for the last line of the output. */
class Failure extends Error {}

function run(command, args, options = {}) {
  return new Promise((resolvePromise, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], ...options });
    child.on('error', (error) => {
      reject(new Failure(error.code === 'ENOENT' ? `${command} is not installed.` : `${command}: ${error.message}`));
    });
    child.on('exit', (code) => {
      if (code === 0) resolvePromise();
      else reject(new Failure(`${command} ${args[0] ?? ''} ended with exit code ${code}.`));
    });
  });
}

async function isInstalled(command) {
  return run(command, ['--version'], { stdio: 'ignore' }).then(
    () => true,
    () => false,
  );
}

/** Debian's Python with today's wheels, in a folder. */
async function makeRoot(root) {
  if (process.getuid() !== 0) throw new Failure('Making a root folder needs root: run it with sudo.');
  if (!(await isInstalled('mmdebstrap'))) {
    throw new Failure('mmdebstrap is not installed: apt-get install mmdebstrap.');
  }
  const say = (text) => console.log(`nbpulse image: ${text}`);
  say(`Debian ${suite} with Python ${pythonVersion}…`);
  await run('mmdebstrap', ['-q', '--variant=extract', `--include=${packages}`, suite, root]);
  await rm(join(root, 'bin/sh'), { force: true });
  await symlink('dash', join(root, 'bin/sh'));
  await writeFile(join(root, 'etc/passwd'), 'root:x:0:0::/:/bin/sh\nstudent:x:1000:1000::/tmp:/bin/sh\n');
  await writeFile(join(root, 'etc/group'), 'root:x:0:\nstudent:x:1000:\n');

  say('wheels…');
  const target = join(root, `usr/local/lib/python${pythonVersion}/dist-packages`);
  const requirements = join(here, 'requirements.txt');
  await mkdir(target, { recursive: true });
  if (await isInstalled('uv')) {
    const where = ['--python-version', pythonVersion, '--target', target];
    await run('uv', ['pip', 'install', '-q', ...where, '--only-binary', ':all:', '-r', requirements]);
  } else {
    const where = ['--python-version', pythonVersion, '--target', target];
    await run('python3', ['-m', 'pip', 'install', '-q', ...where, '--only-binary=:all:', '-r', requirements]);
  }
  say('compiling…');
  // In a read-only root nothing is ever cached: without this every import compiles again.
  await run('chroot', [
    root,
    'python3',
    '-m',
    'compileall',
    '-q',
    '-j0',
    `/usr/lib/python${pythonVersion}`,
    target.slice(root.length),
  ]).catch((error) => {
    // A wheel may carry test files for a newer Python; only a compiler that can't start is a failure.
    if (!/exit code 1\.$/.test(error.message)) throw error;
  });
  for (const mountPoint of ['job/data', 'harness', 'seam', 'env', 'proc', 'dev', 'tmp']) {
    await mkdir(join(root, mountPoint), { recursive: true });
  }
  for (const dropped of ['doc', 'man', 'locale']) {
    await rm(join(root, 'usr/share', dropped), { recursive: true, force: true });
  }
  // mkdtemp and a strict umask make it private; the sandbox's uid must be able to enter.
  await chmod(root, 0o755);
}

async function dockerClient() {
  const { default: Docker } = await import('dockerode');
  const host = process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock';
  const socketPath = /^unix:\/\/(.+)$/.exec(host)?.[1];
  if (socketPath === undefined) throw new Failure(`DOCKER_HOST is "${host}"; it must be a local socket, unix:///…`);
  const docker = new Docker({ socketPath });
  await docker.ping().catch(() => {
    throw new Failure(`No Docker engine answers at ${host}: install it (apt-get install docker.io) and start it.`);
  });
  return docker;
}

async function followed(docker, stream) {
  await new Promise((resolvePromise, reject) => {
    docker.modem.followProgress(stream, (error, output) => {
      const failed = output?.find((line) => line.error !== undefined);
      if (error ?? failed) reject(new Failure(`The image could not be built: ${failed?.error ?? error.message}`));
      else resolvePromise();
    });
  });
}

async function buildFrom(docker, tag, base) {
  const options = { t: tag, networkmode: base === undefined ? 'default' : 'none', rm: true, forcerm: true };
  if (base !== undefined) options.buildargs = { BASE: base };
  const context = { context: here, src: ['Dockerfile', 'requirements.txt'] };
  await followed(docker, await docker.buildImage(context, options));
}

async function importBase(docker, name, keptRoot) {
  const root = keptRoot ?? (await mkdtemp(join(tmpdir(), 'nbpulse-image-')));
  try {
    if (keptRoot === undefined) await makeRoot(root);
    console.log('nbpulse image: importing…');
    const [repo, tag] = name.split(':');
    const tar = spawn('tar', ['-C', root, '-c', '.'], { stdio: ['ignore', 'pipe', 'inherit'] });
    await followed(docker, await docker.importImage(tar.stdout, { repo, tag }));
  } finally {
    if (keptRoot === undefined) await rm(root, { recursive: true, force: true });
  }
}

async function buildImage(tag, registry, keptRoot) {
  const docker = await dockerClient();
  const isThere = (name) =>
    docker
      .getImage(name)
      .inspect()
      .then(
        () => true,
        () => false,
      );
  if (await isThere(tag)) {
    console.log(`nbpulse image: ${tag} is there already.`);
    return;
  }
  if (registry !== false && keptRoot === undefined) {
    try {
      await buildFrom(docker, tag, undefined);
      console.log(`nbpulse image: ${tag} built.`);
      return;
    } catch (error) {
      if (registry === true) throw error;
      console.log(`nbpulse image: no base from a registry (${error.message}); making one from Debian packages.`);
    }
  }
  const base = tag.replace(':', '-base:');
  if (!(await isThere(base))) await importBase(docker, base, keptRoot);
  await buildFrom(docker, tag, base);
  console.log(`nbpulse image: ${tag} built.`);
}

async function buildRoot(folder, hash) {
  const root = resolve(folder);
  const stamp = join(root, '.nbpulse-image');
  if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === hash) {
    console.log(`nbpulse image: ${root} is there already.`);
    return;
  }
  if (existsSync(root) && !existsSync(stamp)) {
    throw new Failure(`${root} exists and was not made by this script; name another folder, or remove it.`);
  }
  await mkdir(dirname(root), { recursive: true });
  // Made beside it and renamed when done: a root that is there is a whole one.
  const inside = await mkdtemp(join(dirname(root), '.nbpulse-root-'));
  try {
    await makeRoot(inside);
    await writeFile(join(inside, '.nbpulse-image'), hash);
    await rm(root, { recursive: true, force: true });
    await rename(inside, root);
  } catch (error) {
    await rm(inside, { recursive: true, force: true });
    throw error;
  }
  console.log(`nbpulse image: ${root} made; use it with NBPULSE_GRADING_ROOT=${root}.`);
}

const flags = {
  root: { type: 'string' },
  'from-root': { type: 'string' },
  registry: { type: 'boolean' },
  'print-tag': { type: 'boolean' },
};
try {
  const { values } = parseArgs({ options: flags, allowNegative: true, strict: true });
  const hash = inputsHash();
  const tag = `nbpulse-grading:${hash}`;
  if (values['print-tag']) console.log(tag);
  else if (values.root !== undefined) await buildRoot(values.root, hash);
  else if (values['from-root'] !== undefined) {
    await buildRoot(values['from-root'], hash);
    await buildImage(tag, false, resolve(values['from-root']));
  } else await buildImage(tag, values.registry);
} catch (error) {
  console.error(`nbpulse image: ${error.message}`);
  process.exitCode = 1;
}
