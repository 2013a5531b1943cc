/**
 * `npm run test:grading-faults -- --runs 300 --seed 7`: the whole of `server/test/grading-faults.test.ts`, which `npm test` runs with few
 * submissions, on bubblewrap, or with `--engine docker` on Docker. Without a seed one is drawn; it stands in the test's name, and the same seed plans the same faults again.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './layout.mjs';
import { startTied } from './tied-process.mjs';

const engines = ['bubblewrap', 'docker'];
const { values: given } = parseArgs({
  options: { runs: { type: 'string', default: '300' }, seed: { type: 'string' }, engine: { type: 'string' } },
});
const { engine, ...values } = given;
if (engine !== undefined && !engines.includes(engine)) {
  process.stderr.write(`--engine is "${engine}"; it takes ${engines.join(' or ')}, bubblewrap without it\n`);
  process.exit(2);
}
const wrong = Object.entries(values).find(([, value]) => !/^[1-9]\d{0,6}$/.test(value));
if (wrong) {
  process.stderr.write(`--${wrong[0]} is "${wrong[1]}"; it takes a whole number above 0: --runs 300 --seed 7\n`);
  process.exit(2);
}
const test = startTied(
  process.execPath,
  [join(root, 'server/launch/test.mjs'), '--only', 'vitest', '--', 'server/test/grading-faults.test.ts'],
  {
    cwd: root,
    output: ['inherit', 'inherit'],
    graceSeconds: 40,
    env: {
      ...process.env,
      NBPULSE_FAULT_RUNS: values.runs,
      ...(engine === undefined ? {} : { NBPULSE_FAULT_ENGINE: engine }),
      ...(values.seed === undefined ? {} : { NBPULSE_FAULT_SEED: values.seed }),
    },
  },
);
process.exitCode = await test.exited;
