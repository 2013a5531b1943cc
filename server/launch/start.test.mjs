/** `npm start` whole, on a data folder and ports of its own. Set-up was done by whatever started these tests. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { freePort, processesWith, startNode, temporaryFolder, until } from './testing.mjs';

const launcher = new URL('./start.mjs', import.meta.url).pathname;
/** On a machine that has nothing else to do (2 to 3 s on two cores); a busy one is given its share of time. */
const secondStartMs = () => 5_000 * Math.max(1, loadavg()[0] / availableParallelism());

/** @param {import('node:test').TestContext} test @param {string} data @param {string[]} args @param {NodeJS.ProcessEnv} [env] */
async function start(test, data, args, env = {}) {
  const [port, jupyterPort] = [await freePort(), await freePort()];
  const began = performance.now();
  const process_ = startNode(
    test,
    [launcher, '--data', data, '--port', String(port), '--jupyter-port', String(jupyterPort), ...args],
    { ...process.env, DATABASE_URL: undefined, NBPULSE_TEST_MARK: data, ...env },
  );
  return { ...process_, port, began };
}

/** Every registry and index out of reach. */
const noNetwork = {
  HTTP_PROXY: 'http://127.0.0.1:9',
  HTTPS_PROXY: 'http://127.0.0.1:9',
  ALL_PROXY: 'http://127.0.0.1:9',
  NO_PROXY: '127.0.0.1,localhost',
  npm_config_registry: 'http://127.0.0.1:9/',
  npm_config_prefer_offline: 'false',
  PIP_INDEX_URL: 'http://127.0.0.1:9/simple',
  UV_DEFAULT_INDEX: 'http://127.0.0.1:9/simple',
};

describe('npm start', () => {
  it("gives both links; the second time without a network, and the teacher's page in 5 s", async (test) => {
    const data = join(temporaryFolder(test), 'data');
    const first = await start(test, data, []);
    const [, teacher] = await first.says(/Teacher's page\s+(\S+)/, 300_000);
    assert.match(teacher, new RegExp(`^http://127\\.0\\.0\\.1:${first.port}/`));
    const [, notebook] = await first.says(/Student's notebook\s+(\S+)/, 120_000);
    const page = new URL(notebook);
    const contents = new URL(`/api/contents/hello-send/lab.ipynb${page.search}`, page);
    const { content } = await (await fetch(contents)).json();
    assert.equal(content.metadata.nbpulse.server, `http://127.0.0.1:${first.port}`);
    first.child.kill('SIGINT');
    assert.equal(await first.exited, 0);

    const second = await start(test, data, [], noNetwork);
    await second.says(/Teacher's page\s+\S+/);
    const tookMs = performance.now() - second.began;
    const health = await fetch(`http://127.0.0.1:${second.port}/api/v1/health`);
    assert.equal((await health.json()).ok, true);
    await second.says(/Student's notebook\s+\S+/, 120_000);
    assert.ok(tookMs < secondStartMs(), `the second start took ${Math.round(tookMs)} ms at a load of ${loadavg()[0]}`);
    second.child.kill('SIGTERM');
    assert.equal(await second.exited, 0);
    assert.deepEqual(processesWith(data), []);
    assert.ok(!existsSync(join(data, 'running.json')) && !existsSync(join(data, 'run.json')));
  });

  it('leaves no process after a SIGKILL, and starts again on what is there', async (test) => {
    const data = join(temporaryFolder(test), 'data');
    const first = await start(test, data, []);
    await first.says(/Student's notebook\s+\S+/, 300_000);
    assert.ok(processesWith(data).length >= 4);
    first.child.kill('SIGKILL');
    await until('Postgres, server, worker and JupyterLab are gone', () => processesWith(data).length === 0, 30_000);
    const second = await start(test, data, ['--no-notebook', '--no-grading']);
    await second.says(/Ctrl-C stops everything/, 60_000);
    second.child.kill('SIGTERM');
    assert.equal(await second.exited, 0);
  });

  it("on a data folder in use prints that server's links and ends well", async (test) => {
    const data = join(temporaryFolder(test), 'data');
    const first = await start(test, data, ['--no-notebook', '--no-grading']);
    const [, link] = await first.says(/Teacher's page\s+(\S+)/, 300_000);
    await first.says(/Ctrl-C/);
    const second = await start(test, data, ['--no-notebook', '--no-grading']);
    assert.equal(await second.exited, 0);
    assert.match(second.said(), new RegExp(`already running on ${data} \\(process ${first.child.pid}\\)`));
    assert.ok(second.said().includes(link));
    // It was not harmed by the second one's end.
    assert.ok((await fetch(`http://127.0.0.1:${first.port}/api/v1/health`)).ok);
  });

  it('keeps its state to itself', async (test) => {
    const data = join(temporaryFolder(test), 'data');
    const { says, exited, child } = await start(test, data, ['--no-notebook', '--no-grading']);
    await says(/Ctrl-C/, 300_000);
    const modeOf = (/** @type {string} */ path) => statSync(join(data, path)).mode & 0o777;
    assert.equal(modeOf('.'), process.getuid?.() === 0 ? 0o711 : 0o700);
    for (const name of readdirSync(data)) {
      assert.equal(modeOf(name) & 0o077, name === 'migrations.sha256' ? 0o044 : 0, `others may not read ${name}`);
    }
    child.kill('SIGTERM');
    await exited;
  });

  it('starts server and database again when they were killed, on the same data', async (test) => {
    const data = join(temporaryFolder(test), 'data');
    const { says, port } = await start(test, data, ['--no-notebook', '--no-grading']);
    await says(/Ctrl-C/, 300_000);
    const health = () =>
      fetch(`http://127.0.0.1:${port}/api/v1/health`).then(
        (answer) => answer.status,
        () => 0,
      );
    const kill = (/** @type {RegExp} */ command) => {
      const [line, ...others] = processesWith(data).filter((one) => command.test(one));
      assert.ok(line);
      assert.deepEqual(others, []);
      process.kill(Number(line.split(' ')[0]), 'SIGKILL');
    };
    kill(/^\d+ \S*node \S*server\/dist\/src\/main\.js/);
    await says(/The server ended with code 137; it is started again/);
    await until('it answers again', async () => (await health()) === 200);
    kill(/^\d+ \S*\/postgres -D /);
    await says(/Postgres ended with code 137; it is started again/);
    await until('it has its database again', async () => (await health()) === 200);
  });

  it('without a Python runs the pages, and says in a line each what is off and the cure', async (test) => {
    const data = join(temporaryFolder(test), 'data');
    const { says, said, port } = await start(test, data, [], { NBPULSE_PYTHON: '/no/such/python3' });
    await says(/Ctrl-C/, 300_000);
    for (const part of ['notebook', 'Grading']) {
      assert.match(
        said(),
        new RegExp(`${part} is off: no Python 3\\.11 to 3\\.14 was found\\n\\s+→ apt-get install python3`),
      );
    }
    assert.ok((await fetch(`http://127.0.0.1:${port}/api/v1/health`)).ok);
  });

  it('names the holder of a taken port and starts nothing', async (test) => {
    const data = join(temporaryFolder(test), 'data');
    const holder = createServer();
    const port = await new Promise((settle) =>
      holder.listen(0, '127.0.0.1', () => settle(/** @type {any} */ (holder.address()).port)),
    );
    test.after(() => holder.close());
    const { exited, said } = startNode(test, [launcher, '--data', data, '--port', String(port)], {
      ...process.env,
      DATABASE_URL: undefined,
    });
    assert.equal(await exited, 1);
    assert.match(said(), new RegExp(`Port ${port} is taken by .*node.* \\(process ${process.pid}\\)`));
    assert.match(said(), /→ Choose another: npm start -- --port \d+/);
    assert.deepEqual(readdirSync(join(data, 'postgres')), []);
  });

  it('refuses a data folder of another Postgres in two lines, without a stack', async (test) => {
    const data = join(temporaryFolder(test), 'data');
    const first = await start(test, data, ['--no-notebook', '--no-grading']);
    await first.says(/Ctrl-C/, 300_000);
    first.child.kill('SIGTERM');
    await first.exited;
    writeFileSync(join(data, 'postgres/cluster/PG_VERSION'), '15\n');
    const second = await start(test, data, ['--no-notebook', '--no-grading']);
    assert.equal(await second.exited, 1);
    assert.match(second.said(), /was made by Postgres 15/);
    assert.match(second.said(), /→ .*--pg-bin/);
    assert.doesNotMatch(second.said(), /^\s+at /m);
  });
});
