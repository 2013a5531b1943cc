/** The options of `npm start`. */
import { accessSync, constants } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { LaunchProblem } from './problem.mjs';

export const defaultPort = 8420;
export const defaultJupyterPort = 8421;

export const help = `npm start -- [options]

Sets up what is missing, then starts nbpulse: its database, the server, a grading worker and a JupyterLab with the
example lab. It prints two links, the teacher's page and the student's notebook. Ctrl-C stops everything.

  --port N           the server's port (default ${defaultPort})
  --host ADDRESS     listen on this address (default 127.0.0.1; 0.0.0.0 opens it to the network)
  --public-url URL   the address that people type, when it differs: behind a proxy, under a sub-path
  --tls-cert FILE    certificate and key in PEM: the server then speaks https
  --tls-key FILE
  --data DIR         where database, files, secrets and notebooks are kept (default .nbpulse in the checkout)
  --jupyter-port N   the port of the student's JupyterLab (default ${defaultJupyterPort})
  --no-notebook      start no JupyterLab
  --no-grading       start no grading worker
  --demo             also play a class of 30 through the example lab
  --pg-bin DIR       the programs of a Postgres of your own instead of the embedded one
  --help             this text

Environment: DATABASE_URL uses that Postgres instead of the embedded one; NBPULSE_ENGINE=docker grades in Docker;
NBPULSE_PYTHON names a Python from 3.11 to 3.14; PIP_INDEX_URL, HTTPS_PROXY and npm's own settings are honoured.
`;

/** @param {string[]} args */
export function readOptions(args) {
  let values;
  try {
    ({ values } = parseArgs({
      args,
      strict: true,
      allowPositionals: false,
      options: {
        port: { type: 'string' },
        host: { type: 'string' },
        'public-url': { type: 'string' },
        'tls-cert': { type: 'string' },
        'tls-key': { type: 'string' },
        data: { type: 'string' },
        'jupyter-port': { type: 'string' },
        'no-notebook': { type: 'boolean' },
        'no-grading': { type: 'boolean' },
        demo: { type: 'boolean' },
        'pg-bin': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }));
  } catch (error) {
    const said = /** @type {Error} */ (error).message.split('. ')[0];
    throw new LaunchProblem(`${said}.`, "npm start -- --help lists the options (the first -- is npm's).", error);
  }
  if (values['public-url'] !== undefined) readUrl(values['public-url']);
  if ((values['tls-cert'] === undefined) !== (values['tls-key'] === undefined)) {
    throw new LaunchProblem(
      '--tls-cert and --tls-key belong together; only one of them is there.',
      'Give both, in PEM.',
    );
  }
  const port = readPort('--port', values.port, defaultPort);
  const jupyterPort = readPort('--jupyter-port', values['jupyter-port'], defaultJupyterPort);
  if (port === jupyterPort && !values['no-notebook']) {
    throw new LaunchProblem(`--port and --jupyter-port are both ${port}.`, 'Give two different ports.');
  }
  const host = values.host ?? '127.0.0.1';
  const scheme = values['tls-cert'] === undefined ? 'http' : 'https';
  return {
    help: values.help === true,
    port,
    host,
    /** Without a slash at its end. */
    publicUrl: (values['public-url'] ?? `${scheme}://${shownHost(host)}:${port}`).replace(/\/+$/, ''),
    tlsCert: readableFile('--tls-cert', values['tls-cert']),
    tlsKey: readableFile('--tls-key', values['tls-key']),
    data: values.data,
    jupyterPort,
    notebook: values['no-notebook'] !== true,
    grading: values['no-grading'] !== true,
    demo: values.demo === true,
    pgBin: values['pg-bin'],
  };
}
/** @typedef {ReturnType<typeof readOptions>} Options */

/** @param {string} option @param {string | undefined} text @param {number} otherwise */
function readPort(option, text, otherwise) {
  if (text === undefined) return otherwise;
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new LaunchProblem(`${option} ${text} is not a port.`, 'A port is a number from 1 to 65535.');
}

/** @param {string} text */
function readUrl(text) {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return;
  throw new LaunchProblem(
    `--public-url ${text} is not an address.`,
    'Write it whole, such as https://example.org/nbpulse',
  );
}

/** @param {string} host */
function shownHost(host) {
  if (host === '0.0.0.0' || host === '::') return firstAddress() ?? '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

/** This machine's first IPv4 address that others can reach. */
function firstAddress() {
  return Object.values(networkInterfaces())
    .flat()
    .find((address) => address?.family === 'IPv4' && !address.internal)?.address;
}

/** @param {string} option @param {string | undefined} path @returns {string | undefined} absolute */
function readableFile(option, path) {
  if (path === undefined) return undefined;
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    throw new LaunchProblem(
      `${option} ${path} cannot be read.`,
      'Name a file in PEM format that this user may read.',
      error,
    );
  }
  return resolve(path);
}
