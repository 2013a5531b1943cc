/**
 * `npm run bench:grade`: the same 200 notebooks, graded on each engine that is here, and executed without grading.
 *
 *   --engine bubblewrap|docker|both    default both: those that are not here are named
 *   --notebooks 200 --jobs N           default: one job per core
 *   --limit 5                          seconds for a notebook: what an endless loop costs
 *   --served 30                        light notebooks through a real server and worker, one after another; 0: none
 *   --rush 300 [--over 60]             only this: so many students hand in within a minute, one worker
 *   --with-nbgrader [--nbgrader 20]    also nbgrader's autograde of so many notebooks, in an environment made for it
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chooseEngine, sandboxConfig, whyNoGrading, type Engine, type EngineName } from '@nbpulse/sandbox';
import { second } from '@nbpulse/schema/wire';
import { line, machine, percentiles } from './figures.js';
import { executeAll, nbgraderAll, seamFigures, type Baseline } from './grade-baselines.js';
import { gradeAll } from './grade-engine.js';
import { oneByOne, rush } from './grade-served.js';
import { benchAssignment, mixLine, mixOf, workOf } from './grade-work.js';

const { values } = parseArgs({
  options: {
    engine: { type: 'string', default: 'both' },
    notebooks: { type: 'string', default: '200' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    limit: { type: 'string', default: '5' },
    served: { type: 'string', default: '30' },
    rush: { type: 'string' },
    over: { type: 'string', default: '60' },
    'with-nbgrader': { type: 'boolean', default: false },
    nbgrader: { type: 'string', default: '20' },
  },
});
const [jobs, limitMs] = [Number(values.jobs), Number(values.limit) * second];
const aims = { nbgrader: { bubblewrap: 25, docker: 3 }, clickMs: 500, rushMs: 60 * second };

const load = (): string => loadavg()[0]?.toFixed(1) ?? '?';
const perMinute = (count: number, wallMs: number): number => (count * 60_000) / wallMs;
const met = (is: boolean): string => (is ? 'met' : 'not met');

/** Opened one at a time, so that one's warm parents are no load for the other. @returns whether it is here */
async function withEngine(name: EngineName, work: (engine: Engine) => Promise<void>): Promise<boolean> {
  const chosen = await chooseEngine({ ...sandboxConfig(process.env), engine: name });
  if (!chosen.engine) {
    console.log(`\n${name}: not here. ${whyNoGrading(chosen.refused)}`);
    return false;
  }
  try {
    await work(chosen.engine);
    return true;
  } finally {
    await chosen.engine.close();
  }
}

function printBaseline(name: string, done: Baseline | string, count: number): number | undefined {
  if (typeof done === 'string') {
    console.log(`  ${name}: ${done}`);
    return undefined;
  }
  const rate = perMinute(count, done.wallMs);
  const cpu = (done.cpuMs / count).toFixed(0);
  console.log(
    `  ${name}: ${rate.toFixed(0)} a minute, CPU ${cpu} ms each, load average ${load()}${done.note ? `; ${done.note}` : ''}`,
  );
  if (done.eachMs.length > 0) console.log(line(`    each`, percentiles(done.eachMs)));
  return rate;
}

async function compare(engines: readonly EngineName[]): Promise<void> {
  const works = mixOf(Number(values.notebooks));
  console.log(
    `  configuration  ${works.length} notebooks (${mixLine(works)}), 4 tests each, ${jobs} at a time, ${limitMs / second} s for a notebook`,
  );
  const folder = mkdtempSync(join(tmpdir(), 'nbpulse-bench-grade-'));
  try {
    for (const name of ['notebooks', 'tests']) mkdirSync(join(folder, name));
    for (const { filename, bytes } of works) writeFileSync(join(folder, 'notebooks', filename), bytes);
    const tests = benchAssignment(limitMs).files.find(({ path }) => path.startsWith('tests/'));
    writeFileSync(join(folder, 'tests/test_work.py'), Buffer.from(tests?.b64 ?? '', 'base64'));
    const options = { folder, limitMs, jobs };
    console.log('\nwithout us');
    const fork = printBaseline(
      'bare fork of a warm process, no walls, no seam',
      executeAll('fork', options),
      works.length,
    );
    const nbclient = printBaseline('nbclient, execution only', executeAll('nbclient', options), works.length);
    const nbgraderWorks = mixOf(Number(values.nbgrader));
    const nbgrader = values['with-nbgrader']
      ? printBaseline(
          `nbgrader autograde of ${nbgraderWorks.length} (${mixLine(nbgraderWorks)})`,
          nbgraderAll(nbgraderWorks, limitMs),
          nbgraderWorks.length,
        )
      : undefined;
    if (!values['with-nbgrader']) console.log('  nbgrader: left out; --with-nbgrader makes an environment and runs it');
    console.log(`\na call across the seam, without walls\n${seamFigures()}`);
    for (const name of engines) {
      const isHere = await withEngine(name, async (engine) => {
        const rate = await measure(engine, works);
        const ratio = (what: string, other: number | undefined): string =>
          `${what} ${other === undefined ? 'not known' : (rate / other).toFixed(2)}`;
        console.log(
          `  ratios in submissions a minute: ${ratio('to a bare fork', fork)}; ${ratio('to nbclient', nbclient)}; ${ratio('to nbgrader', nbgrader)}`,
        );
        if (nbgrader !== undefined) {
          const aim = aims.nbgrader[name];
          console.log(`  aim: ≥ ${aim} × nbgrader: ${met(rate / nbgrader >= aim)} in this run`);
        }
      });
      if (isHere && Number(values.served) > 0) await served(name);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns submissions a minute */
async function measure(engine: Engine, works: ReturnType<typeof mixOf>): Promise<number> {
  // The first run waits until an engine that starts warm is warm.
  await gradeAll(
    engine,
    Array.from({ length: jobs }, (_, n) => workOf('trivial', n)),
    { jobs, limitMs },
  );
  console.log(`\n${engine.name}, tier ${engine.tier}: ${engine.description}`);
  const all = await gradeAll(engine, works, { jobs, limitMs });
  const rate = perMinute(works.length, all.wallMs);
  const each = (ms: number): string => (ms / works.length).toFixed(0);
  console.log(`  ${rate.toFixed(0)} submissions a minute, load average ${load()}`);
  console.log(line('  request → report, engine alone', percentiles(all.eachMs)));
  console.log(line('  the same, light notebooks only', percentiles(all.lightMs)));
  const own =
    engine.name === 'docker'
      ? ''
      : `${each(all.cpuMs)} ms in our processes and sandboxes, of it ${each(all.nodeCpuMs)} ms in Node; `;
  console.log(`  CPU of a submission: ${own}${each(all.busyMs)} ms busy on the whole machine, others' work included`);
  const light = Array.from({ length: 20 }, (_, n) => workOf('trivial', n));
  const single = await gradeAll(engine, light, { jobs: 1, limitMs });
  console.log(line('  light notebooks, one at a time', percentiles(single.eachMs)));
  const wrong = [...all.wrong, ...single.wrong];
  console.log(`  results that are not as they must be: ${wrong.length === 0 ? 'none' : wrong.join('\n    ')}`);
  return rate;
}

async function served(engine: EngineName): Promise<void> {
  const { latencies, cpuMs } = await oneByOne({ count: Number(values.served), engine, limitMs });
  const figures = percentiles(latencies);
  console.log(line('  click → result, server and worker', figures));
  console.log(
    `  CPU of one: worker and sandboxes ${cpuMs.worker.toFixed(0)} ms, server ${cpuMs.server.toFixed(0)} ms (asked for the result each 10 ms)`,
  );
  console.log(
    `  aim: p95 ≤ ${aims.clickMs} ms on an idle machine: ${met(figures.p95 <= aims.clickMs)} at load ${load()}`,
  );
}

async function playRush(engine: EngineName): Promise<void> {
  const [students, overMs] = [Number(values.rush), Number(values.over) * second];
  console.log(`\n${engine}: ${students} students hand in a light notebook within ${overMs / second} s; one worker`);
  const done = await rush({ students, overMs, engine, limitMs });
  const seconds = (ms: number): string => (ms / second).toFixed(1);
  console.log(
    `  all handed in after ${seconds(done.handedInMs)} s, the last result after ${seconds(done.lastResultMs)} s`,
  );
  console.log(line('  receipt → result', percentiles(done.waitsMs)));
  console.log(
    `  lost ${done.lost}, counted twice ${done.countedTwice}, wrong points ${done.wrongPoints}; CPU of one: worker and sandboxes ${done.cpuMs.worker.toFixed(0)} ms, server ${done.cpuMs.server.toFixed(0)} ms`,
  );
  const after = done.lastResultMs - done.handedInMs;
  console.log(
    `  aim: all results within ${aims.rushMs / second} s of the deadline: ${met(after <= aims.rushMs)}, ${seconds(Math.max(0, after))} s after the last hand-in, load ${load()}`,
  );
}

const names: readonly EngineName[] = ['bubblewrap', 'docker'];
const engines = values.engine === 'both' ? names : names.filter((name) => name === values.engine);
if (engines.length === 0) throw new Error(`--engine is "${values.engine}"; it may be bubblewrap, docker or both`);
console.log(`bench:grade\n  machine        ${machine()}, load average ${load()}`);
if (values.rush === undefined) await compare(engines);
else for (const name of engines) if (await withEngine(name, () => Promise.resolve())) await playRush(name);
