/**
 * `npm run bench:live -- --students 30`: from a student's socket write, and from `send()` in a real kernel, to the frame on a
 * teacher's page in Chromium. Everything real and on this machine: server, Postgres with durable commits, JupyterLab, two pages.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { chromium, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { chromiumOptions } from '../e2e/chromium.js';
import { startNbpulse, type Started } from '../e2e/started.js';
import { StudentPage } from '../e2e/student-page.js';
import { TeacherApi } from '../e2e/teacher-api.js';
import { studentName } from '../simulator/mathematicians.js';
import { join, ParticipantClient } from '../simulator/participant-client.js';
import { seededRandom } from '../simulator/random.js';
import { float } from '../simulator/encode.js';
import { measureBareRelay } from './bare-relay.js';
import { line, machine, percentiles } from './figures.js';
import { addPaintClock, readPaintClock, type Painted } from './paint-clock.js';

const { values } = parseArgs({
  options: {
    students: { type: 'string', default: '30' },
    /** How long the class sends. */
    seconds: { type: 'string', default: '20' },
    /** Mean pause between two records of one student. */
    'every-ms': { type: 'string', default: '2000' },
    'no-kernel': { type: 'boolean', default: false },
  },
});
const [students, seconds, everyMs] = [values.students, values.seconds, values['every-ms']].map(Number) as [
  number,
  number,
  number,
];
const questions = ['1', '2', '3a', '3b', '4', '5'];
const now = (): number => performance.timeOrigin + performance.now();
const latencies = (painted: Painted[]): number[] => painted.map(({ sentAt, paintedAt }) => paintedAt - sentAt);

async function main(): Promise<void> {
  console.log(`bench:live\n  machine        ${machine()}`);
  console.log(
    `  configuration  ${students} students, each a record every ${everyMs} ms on average, for ${seconds} s; teacher's class page in headless Chromium; embedded Postgres, fsync on`,
  );
  const started = await startNbpulse({ notebook: !values['no-kernel'], args: ['--no-grading'] });
  const browser = await chromium.launch(chromiumOptions);
  try {
    const baseline = percentiles(latencies(await measureBareRelay(browser, 200, 20)));
    const teacher = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const { lab, page } = await openClassPage(teacher, started);
    const { sent, writeToAck } = await playClass(started.server, lab.joinCode, async () => {
      // A large class shows as dense by itself; values stand in the rows, of which those in sight count.
      await page.getByText('Rows', { exact: true }).first().click();
    });
    const painted = await readPaintClock(page);
    const figures = percentiles(latencies(painted));
    console.log(line('bare socket relay to a bare page (baseline)', baseline));
    console.log(line(`socket write → frame, ${students} students`, figures));
    console.log(line('socket write → acknowledged after commit', percentiles(writeToAck)));
    console.log(
      `  ratio to the baseline: p50 ${(figures.p50 / baseline.p50).toFixed(2)}, p95 ${(figures.p95 / baseline.p95).toFixed(2)}`,
    );
    console.log(
      `  ${(sent / seconds).toFixed(1)} records/s; ${painted.length} of ${sent} values were seen on the page (rows in sight; several of one cell in one frame show the last)`,
    );
    if (!values['no-kernel']) {
      const kernel = await measureKernel(browser, page, started, lab);
      console.log(line('send() in a kernel → frame', percentiles(latencies(kernel))));
    }
  } finally {
    await browser.close();
    await started.stop();
  }
}

async function openClassPage(
  context: BrowserContext,
  started: Started,
): Promise<{ lab: { id: string; joinCode: string }; page: Page }> {
  const api = new TeacherApi(context.request, started.server);
  await api.signInByLink(started);
  const [lab] = await api.labs();
  if (!lab) throw new Error('the first start made no lab');
  const page = await context.newPage();
  await addPaintClock(page);
  await page.goto(`${started.server}/labs/${lab.id}`);
  await page.getByText(/^Live/).first().waitFor();
  return { lab, page };
}

/** Each student sends the instant of its sending, so the page shows when what it shows was sent. */
async function playClass(
  server: string,
  code: string,
  whenAllAreHere: () => Promise<void>,
): Promise<{ sent: number; writeToAck: number[] }> {
  const random = seededRandom(1);
  const clients: ParticipantClient[] = [];
  for (let index = 0; index < students; index++) {
    const client = new ParticipantClient(server, await join({ server, code, name: studentName(index) }));
    await client.opened();
    clients.push(client);
  }
  await sleep(1_500);
  await whenAllAreHere();
  const writeToAck: number[] = [];
  let sent = 0;
  const endsAt = now() + seconds * 1_000;
  await Promise.all(
    clients.map(async (client) => {
      await sleep(random.between(0, everyMs));
      while (now() < endsAt) {
        const at = now();
        sent += 1;
        void client.send(random.pick(questions), float(Number(at.toFixed(3)))).then(() => writeToAck.push(now() - at));
        await sleep(random.between(0.5, 1.5) * everyMs);
      }
    }),
  );
  await sleep(1_500);
  for (const client of clients) client.close();
  return { sent, writeToAck };
}

async function measureKernel(
  browser: Browser,
  teacherPage: Page,
  started: Started,
  lab: { id: string; joinCode: string },
): Promise<Painted[]> {
  const before = new Set((await readPaintClock(teacherPage)).map(({ sentAt }) => sentAt));
  const context = await browser.newContext();
  const student = new StudentPage(await context.newPage(), started);
  const source =
    'import time\nfrom nbpulse import send\nfor _ in range(150):\n    send(round(time.time() * 1000, 3), "1")\n    time.sleep(0.1)\nprint("all", "sent")';
  await student.write('bench.ipynb', [{ id: 'bench', source }], {
    server: started.server,
    lab: lab.id,
    joinCode: lab.joinCode,
  });
  await student.open('bench.ipynb');
  await student.join('Kernel');
  await student.run(0);
  await student.page.getByText('all sent').waitFor({ timeout: 120_000 });
  await sleep(1_000);
  await context.close();
  return (await readPaintClock(teacherPage)).filter(({ sentAt }) => !before.has(sentAt));
}

await main();
