import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { chooseEngine } from './engine.mjs';
import { openHome } from './layout.mjs';
import { temporaryFolder } from './testing.mjs';

/** A program in a folder of its own. @param {string} folder @param {string} script */
function program(folder, script) {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'bwrap');
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}
/** @template T @param {string} path @param {() => Promise<T>} work */
async function withPath(path, work) {
  const before = process.env.PATH;
  process.env.PATH = path;
  try {
    return await work();
  } finally {
    process.env.PATH = before;
  }
}
const refuses = 'echo "bwrap: No permissions to create new namespace" >&2; exit 1';
const works = 'echo inside';

describe('the sandbox engine', () => {
  it('is the bwrap on the PATH when that works', async (test) => {
    const folder = temporaryFolder(test);
    const onPath = program(join(folder, 'only'), works);
    const wheel = program(join(folder, 'wheel'), works);
    assert.deepEqual(await withPath(join(folder, 'only'), () => chooseEngine(openHome(), wheel)), {
      engine: 'bubblewrap',
      bwrap: onPath,
    });
  });

  it("is the wheel's when the one on the PATH does not work", async (test) => {
    const folder = temporaryFolder(test);
    program(join(folder, 'only'), refuses);
    const wheel = program(join(folder, 'wheel'), works);
    assert.deepEqual(await withPath(join(folder, 'only'), () => chooseEngine(openHome(), wheel)), {
      engine: 'bubblewrap',
      bwrap: wheel,
    });
  });

  it('is none, with the reason and a cure, where the kernel refuses', async (test) => {
    const folder = temporaryFolder(test);
    program(join(folder, 'only'), refuses);
    const none = await withPath(join(folder, 'only'), () => chooseEngine(openHome(), undefined));
    assert.equal(none.engine, 'none');
    assert.match(none.why, /refuses user namespaces/);
    assert.match(none.cure, /doctor/);
  });

  it('is none where there is no bwrap at all', async (test) => {
    const none = await withPath(join(temporaryFolder(test), 'only'), () => chooseEngine(openHome(), undefined));
    assert.equal(none.engine, 'none');
    assert.match(none.cure, /apt-get install bubblewrap/);
  });
});
