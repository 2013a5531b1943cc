import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { processMark, takeOnly } from './only-one.mjs';
import { startNode, temporaryFolder } from './testing.mjs';

const here = new URL('./only-one.mjs', import.meta.url).href;
const holder = (/** @type {string} */ path) => [
  '--input-type=module',
  '-e',
  `import { takeOnly } from ${JSON.stringify(here)};
   console.log(takeOnly(${JSON.stringify(path)}, { links: 'http://here' }).held ? 'held' : 'refused');
   setInterval(() => undefined, 1e6);`,
];

describe('a file that only one process holds', () => {
  it('tells the second what the first wrote, and is free after the first was killed', async (test) => {
    const path = join(temporaryFolder(test), 'running.json');
    const first = startNode(test, holder(path));
    await first.says(/held/);
    const second = takeOnly(path, {});
    assert.deepEqual(second, { held: false, pid: first.child.pid, about: { links: 'http://here' } });
    first.child.kill('SIGKILL');
    await first.exited;
    const third = takeOnly(path, {});
    assert.ok(third.held);
    third.release();
    assert.ok(!existsSync(path));
  });

  it('does not take a later process with the same number for the holder', (test) => {
    const path = join(temporaryFolder(test), 'running.json');
    writeFileSync(path, JSON.stringify({ pid: process.pid, mark: 'of another time', about: {} }));
    const taken = takeOnly(path, { mine: true });
    assert.ok(taken.held);
    assert.equal(JSON.parse(readFileSync(path, 'utf8')).mark, processMark(process.pid));
  });

  it('is taken over when it was damaged', (test) => {
    const path = join(temporaryFolder(test), 'running.json');
    writeFileSync(path, '{"pid":');
    assert.ok(takeOnly(path, {}).held);
  });

  it('has one winner when many find a dead holder at once', async (test) => {
    const path = join(temporaryFolder(test), 'running.json');
    writeFileSync(path, JSON.stringify({ pid: 999_999_999, mark: 'dead', about: {} }));
    const many = Array.from({ length: 6 }, () => startNode(test, holder(path)));
    const words = await Promise.all(many.map(async (one) => (await one.says(/held|refused/))[0]));
    assert.equal(words.filter((word) => word === 'held').length, 1);
  });
});
