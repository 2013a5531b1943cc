import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ensure, hashOf } from './steps.mjs';
import { startNode, temporaryFolder } from './testing.mjs';

/** A step in a process of its own: it makes `half`, waits if told to, then makes `whole`. @param {string} folder @param {boolean} waits */
const stepScript = (folder, waits) => `
  import { appendFileSync, writeFileSync } from 'node:fs';
  import { ensure } from ${JSON.stringify(new URL('./steps.mjs', import.meta.url).href)};
  const did = await ensure(${JSON.stringify(folder)}, { name: 'a step', inputs: 'one', makes: [${JSON.stringify(join(folder, 'whole'))}], async run() {
    writeFileSync(${JSON.stringify(join(folder, 'half'))}, '');
    console.log('half-way');
    ${waits ? 'await new Promise((settle) => setTimeout(settle, 1e8));' : ''}
    writeFileSync(${JSON.stringify(join(folder, 'whole'))}, '');
    appendFileSync(${JSON.stringify(join(folder, 'times'))}, 'x');
  } });
  console.log(did ? 'done' : 'nothing to do');
`;
const run = (/** @type {string} */ script) => ['--input-type=module', '-e', script];

describe('a step of set-up', () => {
  it('that was killed half-way is done again, once, and then never', async (test) => {
    const folder = temporaryFolder(test);
    const killed = startNode(test, run(stepScript(folder, true)));
    await killed.says(/half-way/);
    killed.child.kill('SIGKILL');
    await killed.exited;
    assert.ok(existsSync(join(folder, 'half')));

    const second = startNode(test, run(stepScript(folder, false)));
    await second.exited;
    assert.match(second.said(), /^done$/m);
    const third = startNode(test, run(stepScript(folder, false)));
    await third.exited;
    assert.match(third.said(), /^nothing to do$/m);
    assert.equal(readFileSync(join(folder, 'times'), 'utf8'), 'x');
  });

  it('is done again when its inputs differ, and when what it made is gone', async (test) => {
    const folder = temporaryFolder(test);
    const made = join(folder, 'made');
    const step = (/** @type {string} */ inputs) =>
      ensure(folder, { name: 'step', inputs, makes: [made], run: async () => writeFileSync(made, inputs) });
    assert.equal(await step('1'), true);
    assert.equal(await step('1'), false);
    assert.equal(await step('2'), true);
    rmSync(made);
    assert.equal(await step('2'), true);
    assert.equal(await step('2'), false);
  });

  it('that fails leaves no stamp', async (test) => {
    const folder = temporaryFolder(test);
    const failing = { name: 'step', inputs: '1', run: () => Promise.reject(new Error('no network')) };
    await assert.rejects(ensure(folder, failing), /no network/);
    assert.deepEqual(readdirSync(folder), []);
    assert.equal(await ensure(folder, { ...failing, run: async () => undefined }), true);
  });

  it('reads a damaged stamp as none', async (test) => {
    const folder = temporaryFolder(test);
    writeFileSync(join(folder, 'step.json'), '{"inputs":"1"');
    assert.equal(await ensure(folder, { name: 'step', inputs: '1', run: async () => undefined }), true);
  });
});

describe('the hash of inputs', () => {
  it('changes with a content, a name and a new file; not with what a build makes', (test) => {
    const folder = temporaryFolder(test);
    const hash = () => hashOf(folder, ['src', 'absent.json']);
    const seen = new Set([hash()]);
    const differs = () => {
      const before = seen.size;
      seen.add(hash());
      return seen.size > before;
    };
    mkdirSync(join(folder, 'src/dist'), { recursive: true });
    writeFileSync(join(folder, 'src/a.ts'), '1');
    assert.ok(differs());
    writeFileSync(join(folder, 'src/a.ts'), '2');
    assert.ok(differs());
    writeFileSync(join(folder, 'src/b.ts'), '');
    assert.ok(differs());
    writeFileSync(join(folder, 'absent.json'), '{}');
    assert.ok(differs());
    writeFileSync(join(folder, 'src/dist/a.js'), 'built');
    assert.ok(!differs());
  });
});
