/**
 * A Docker engine for a test run: the machine's own where one answers, else, as root and where dockerd is installed, a private
 * one in a temporary folder, without a network, gone with us.
 */
import { mkdtempSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ask } from './command.mjs';
import { startTied } from './tied-process.mjs';

const readyWithinMs = 30_000;

/**
 * @param {string} log
 * @returns {Promise<{ ok: true, host: string, stop(): Promise<unknown> } | { ok: false, why: string, cure: string }>}
 */
export async function dockerForTests(log) {
  const own = process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock';
  if (own.startsWith('unix://') ? await answers(own.slice(7)) : process.env.DOCKER_HOST !== undefined) {
    return { ok: true, host: own, stop: async () => undefined };
  }
  const path = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;
  const dockerd = await ask('/bin/sh', ['-c', 'command -v dockerd'], { env: { ...process.env, PATH: path } });
  if (!dockerd)
    return { ok: false, why: 'no Docker engine answers, and none is installed', cure: 'apt-get install docker.io' };
  if (process.getuid?.() !== 0)
    return {
      ok: false,
      why: 'no Docker engine answers',
      cure: 'sudo service docker start   (then be in the group docker)',
    };

  const folder = mkdtempSync('/tmp/nbpulse-docker-');
  const socket = join(folder, 'docker.sock');
  const tied = startTied(
    '/bin/sh',
    [
      '-c',
      'exec "$@" >>"$0" 2>&1',
      log,
      dockerd,
      ...[
        '--data-root',
        join(folder, 'data'),
        '--exec-root',
        join(folder, 'exec'),
        '-H',
        `unix://${socket}`,
        '-p',
        join(folder, 'pid'),
      ],
      ...['--bridge=none', '--iptables=false', '--ip6tables=false'],
    ],
    { env: { ...process.env, PATH: path }, graceSeconds: 25, litter: folder, output: ['ignore', 'ignore'] },
  );
  let ended = false;
  void tied.exited.then(() => (ended = true));
  for (const until = performance.now() + readyWithinMs; performance.now() < until && !ended; await delay(50)) {
    if (await answers(socket)) return { ok: true, host: `unix://${socket}`, stop: () => tied.stop() };
  }
  await tied.stop();
  return {
    ok: false,
    why: `dockerd does not start here (${log})`,
    cure: 'see that log; a container needs --privileged to run dockerd',
  };
}

/** @param {string} socketPath @returns {Promise<boolean>} */
function answers(socketPath) {
  return new Promise((settle) => {
    const ping = request({ socketPath, path: '/_ping', timeout: 2_000 }, (response) => {
      response.resume();
      settle(response.statusCode === 200);
    });
    ping.on('error', () => settle(false)).on('timeout', () => ping.destroy(new Error('no answer')));
    ping.end();
  });
}
