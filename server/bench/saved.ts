/**
 * `npm run bench:saved`: from `send()` in a running cell to "saved" painted beside that cell, in real Chromium with JupyterLab,
 * ipykernel 7, the server and Postgres with durable commits; everything on this machine. The aim: 150 ms at p95.
 */
import { parseArgs } from 'node:util';
import { chromium, type Page } from '@playwright/test';
import { z } from 'zod';
import { chromiumOptions } from '../e2e/chromium.js';
import { startNbpulse, type Started } from '../e2e/started.js';
import { StudentPage } from '../e2e/student-page.js';
import { TeacherApi } from '../e2e/teacher-api.js';
import { measureBareComm } from './bare-comm.js';
import { line, machine, percentiles } from './figures.js';

const { values } = parseArgs({
  options: { records: { type: 'string', default: '200' }, 'every-ms': { type: 'string', default: '500' } },
});
const [records, everyMs] = [Number(values.records), Number(values['every-ms'])];
const aimMs = 150;

/** Notes, inside the page, each moment after the frame in which a mark "saved" came up. To be added before the page loads. */
async function addMarkClock(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const shown: number[] = [];
    Object.assign(window, { savedMarks: shown });
    const afterPaint = (run: () => void): void => {
      // A frame's work is done when the first task after its callbacks runs.
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = run;
        channel.port2.postMessage(null);
      });
    };
    new MutationObserver((changes) => {
      const isSaved = changes.some(({ addedNodes }) =>
        [...addedNodes].some(
          (node) =>
            node instanceof HTMLElement &&
            (node.matches('.nbp-CellMark [data-kind="saved"]') ||
              (node.matches('.nbp-CellMark') && node.querySelector('[data-kind="saved"]') !== null)),
        ),
      );
      if (isSaved) afterPaint(() => shown.push(performance.timeOrigin + performance.now()));
    }).observe(document, { subtree: true, childList: true });
  });
}

async function measureMarks(page: Page, started: Started): Promise<{ latencies: number[]; missing: number }> {
  const api = new TeacherApi(page.context().request, started.server);
  await api.signInByLink(started);
  const [lab] = await api.labs();
  if (!lab) throw new Error('the first start made no lab');
  const student = new StudentPage(page, started);
  const source = `
import json, time
from nbpulse import send
sent = []
time.sleep(1)
for n in range(${records}):
    sent.append(time.time() * 1000)
    send(n, "1")
    time.sleep(${everyMs / 1000})
print(json.dumps(sent))
`;
  const link = { server: started.server, lab: lab.id, joinCode: lab.joinCode };
  await student.write('saved.ipynb', [{ id: 'saved', source }], link);
  await addMarkClock(page);
  await student.open('saved.ipynb');
  await student.join('Grace Hopper');
  await student.run(0);
  const output = student.cell(0).locator('.jp-OutputArea-output');
  await output.waitFor({ timeout: records * everyMs + 120_000 });
  const sent = z.array(z.number()).parse(JSON.parse((await output.textContent()) ?? ''));
  const shown = await page.evaluate(() => (window as unknown as { savedMarks: number[] }).savedMarks);
  // A record's mark is the first that came up after its `send` and before the next one's.
  const latencies = sent.map((at, n) => {
    const until = sent[n + 1] ?? at + 10 * everyMs;
    const first = shown.find((moment) => moment >= at && moment < until);
    return first === undefined ? Infinity : first - at;
  });
  return { latencies, missing: latencies.filter((latency) => latency === Infinity).length };
}

async function main(): Promise<void> {
  console.log(`bench:saved\n  machine        ${machine()}`);
  console.log(
    `  configuration  ${records} records, one each ${everyMs} ms, in one running cell; JupyterLab in headless Chromium, ipykernel 7, embedded Postgres, fsync on`,
  );
  const started = await startNbpulse({ args: ['--no-grading'] });
  const browser = await chromium.launch(chromiumOptions);
  try {
    const baseline = percentiles(await measureBareComm(started.notebookLink, Math.min(records, 100), 100));
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const { latencies, missing } = await measureMarks(await context.newPage(), started);
    const figures = percentiles(latencies);
    console.log(line('bare comm there and back (baseline)', baseline));
    console.log(line('send() → "saved" painted beside the cell', figures));
    console.log(
      `  ratio to the baseline: p50 ${(figures.p50 / baseline.p50).toFixed(2)}, p95 ${(figures.p95 / baseline.p95).toFixed(2)}`,
    );
    console.log(`  ${missing} of ${records} marks came later than the next record (counted as infinitely late)`);
    console.log(`  aim: p95 ≤ ${aimMs} ms: ${figures.p95 <= aimMs ? 'met' : 'not met'} in this run`);
  } finally {
    await browser.close();
    await started.stop();
  }
}

await main();
