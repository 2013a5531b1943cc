/** A Jupyter of one environment of the matrix: a server of one student, or a hub with a server for each. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { z } from 'zod';
import { freePorts } from '../started.js';

const combination = z.object({ name: z.string(), python: z.string(), front: z.enum(['lab', 'notebook', 'hub']) });
export type Combination = z.infer<typeof combination>;
/** What `npm run test:matrix` made. */
export const combinations = z.array(combination).parse(JSON.parse(process.env['NBPULSE_MATRIX'] ?? '[]'));

export const token = 'letmein';

export interface Jupyter {
  url: string;
  /** The folder whose files a student sees. */
  home(student: string): string;
  said(): string;
  stop(): Promise<void>;
}

/** Nothing of the machine's own Jupyter, and no other nbpulse, reaches in. */
function environmentOf(folder: string, python: string, server: string): NodeJS.ProcessEnv {
  // No question about news over the panel at a first start, as with `npm start`.
  const notification = join(folder, 'settings', '@jupyterlab', 'apputils-extension');
  mkdirSync(notification, { recursive: true });
  writeFileSync(
    join(notification, 'notification.jupyterlab-settings'),
    '{"fetchNews": "false", "checkForUpdates": false}',
  );
  return {
    PATH: [dirname(python), process.env['PATH']].join(delimiter),
    LANG: 'C.UTF-8',
    HOME: folder,
    JUPYTER_CONFIG_DIR: join(folder, 'config'),
    JUPYTER_DATA_DIR: join(folder, 'data'),
    JUPYTER_RUNTIME_DIR: join(folder, 'runtime'),
    JUPYTERLAB_SETTINGS_DIR: join(folder, 'settings'),
    IPYTHONDIR: join(folder, 'ipython'),
    // The page learns the server from here, by the part of our wheel that the Jupyter server loads.
    NBPULSE_SERVER: server,
  };
}

export async function startJupyter({ python, front }: Combination, server: string): Promise<Jupyter> {
  const folder = mkdtempSync(join(tmpdir(), 'nbpulse-jupyter-'));
  const home = join(folder, 'home');
  mkdirSync(home);
  const [port] = await freePorts(1);
  const options = [
    ['-m', front === 'notebook' ? 'notebook' : 'jupyterlab', '--no-browser', '--allow-root'],
    [`--ServerApp.port=${String(port)}`, '--ServerApp.port_retries=0', '--ServerApp.ip=127.0.0.1'],
    [`--IdentityProvider.token=${token}`, `--ServerApp.root_dir=${home}`],
  ].flat();
  const child = spawn(python, options, { cwd: home, env: environmentOf(folder, python, server) });
  return running(child, folder, `http://127.0.0.1:${String(port)}`, '/api', () => home);
}

/**
 * A real JupyterHub with its real proxy and one `jupyterhub-singleuser` for each student, all on this host. Imitated: the students
 * are one user of the system, each with a home folder of their own (SimpleLocalProcessSpawner); no PAM, systemd or containers.
 */
export async function startHub({ python }: Combination, server: string): Promise<Jupyter> {
  const folder = mkdtempSync(join(tmpdir(), 'nbpulse-hub-'));
  const [port, hubPort, proxyPort] = await freePorts(3);
  const bin = dirname(python);
  const settings = {
    'JupyterHub.bind_url': `http://127.0.0.1:${String(port)}`,
    'JupyterHub.hub_port': hubPort,
    'JupyterHub.authenticator_class': 'dummy',
    'Authenticator.allow_all': true,
    'JupyterHub.spawner_class': 'simple',
    'JupyterHub.cookie_secret_file': join(folder, 'cookie-secret'),
    'JupyterHub.db_url': `sqlite:///${join(folder, 'hub.sqlite')}`,
    'ConfigurableHTTPProxy.command': [process.env['NBPULSE_HUB_PROXY'] ?? 'configurable-http-proxy'],
    'ConfigurableHTTPProxy.api_url': `http://127.0.0.1:${String(proxyPort)}`,
    'ConfigurableHTTPProxy.pid_file': join(folder, 'proxy.pid'),
    'SimpleLocalProcessSpawner.home_dir_template': join(folder, 'homes', '{username}'),
    'Spawner.cmd': [join(bin, 'jupyterhub-singleuser')],
    'Spawner.args': ['--allow-root'],
    'Spawner.default_url': '/lab',
    'Spawner.start_timeout': 90,
    'Spawner.http_timeout': 60,
    'Spawner.environment': {
      NBPULSE_SERVER: server,
      LANG: 'C.UTF-8',
      JUPYTERLAB_SETTINGS_DIR: join(folder, 'settings'),
    },
  };
  const config = Object.entries(settings).map(([name, value]) => {
    const [group, trait] = name.split('.');
    return `c.${group ?? ''}.${trait ?? ''} = json.loads(${JSON.stringify(JSON.stringify(value))})`;
  });
  writeFileSync(join(folder, 'hub.py'), `import json\n${config.join('\n')}\n`);
  const env = environmentOf(folder, python, server);
  const child = spawn(join(bin, 'jupyterhub'), ['-f', join(folder, 'hub.py')], { cwd: folder, env });
  const home = (student: string): string => {
    const path = join(folder, 'homes', student);
    mkdirSync(path, { recursive: true });
    return path;
  };
  return running(child, folder, `http://127.0.0.1:${String(port)}`, '/hub/api/', home);
}

async function running(
  child: ChildProcess,
  folder: string,
  url: string,
  alive: string,
  home: (student: string) => string,
): Promise<Jupyter> {
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), 20_000);
    await exited;
    clearTimeout(late);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  const until = Date.now() + 90_000;
  for (;;) {
    const reply = await fetch(`${url}${alive}`).catch(() => null);
    if (reply?.ok) return { url, home, said: () => said, stop };
    if (child.exitCode !== null || Date.now() > until) {
      await stop();
      throw new Error(`Jupyter did not answer. It said:\n${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
