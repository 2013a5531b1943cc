import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ask } from './command.mjs';
import { startNode, processesWith, temporaryFolder, until } from './testing.mjs';
import { startTied } from './tied-process.mjs';

const here = new URL('./tied-process.mjs', import.meta.url).href;

/** A parent that ties a child which ends on no signal but SIGKILL, and which has a child of its own. @param {string} folder */
const parentScript = (folder) => `
  import { startTied } from ${JSON.stringify(here)};
  startTied('/bin/sh', ['-c', 'trap "" TERM INT; sleep 1000 & echo "$0 is up"; while :; do sleep 0.1; done', ${JSON.stringify(folder)}],
    { graceSeconds: 1, litter: ${JSON.stringify(join(folder, 'litter'))}, output: ['inherit', 'inherit'] });
  setInterval(() => undefined, 1e6);
`;

describe('a tied process', () => {
  it('is gone after a SIGKILL of its parent, with its own children and its litter', async (test) => {
    const folder = temporaryFolder(test);
    mkdirSync(join(folder, 'litter'));
    const parent = startNode(test, ['--input-type=module', '-e', parentScript(folder)]);
    await parent.says(/is up/);
    parent.child.kill('SIGKILL');
    await until('no process is left', () => processesWith(folder).length === 0);
    assert.ok(!existsSync(join(folder, 'litter')));
  });

  it('gets the stop signal first and may end by itself', async () => {
    const tied = startTied('/bin/sh', ['-c', 'trap "echo bye; exit 7" TERM; echo up; while :; do sleep 0.05; done']);
    let said = '';
    tied.child.stdout?.setEncoding('utf8').on('data', (text) => (said += text));
    await until('it is up', () => said.includes('up'));
    assert.equal(await tied.stop(), 7);
    await until('it said good-bye', () => said.includes('bye'));
  });

  it('tells how it ended by itself', async () => {
    assert.equal(await startTied('/bin/sh', ['-c', 'exit 3']).exited, 3);
    assert.equal(await startTied('/no/such/program', []).exited, 127);
  });

  it('reads nothing from us: its stdin is empty', async () => {
    assert.equal(await ask('/bin/sh', ['-c', 'cat | wc -c | tr -d " "']), '0');
  });
});
