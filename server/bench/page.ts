/**
 * `npm run bench:page`: a teacher's page over a class of 2,000 that is an hour into its lab, while 500 records a second come by
 * sockets. A real server in a process of its own, Postgres with durable commits, a real Chromium; the load is a third process. All of it
 * shares this machine, so look at the load average beside the figures, and at processor time beside the clock.
 */
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { chromium, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { chromiumOptions } from '../e2e/chromium.js';
import { migrate, openDatabase } from '../src/database/index.js';
import { measureBareWatcher } from './bare-watcher.js';
import { line, machine, percentiles } from './figures.js';
import { makeClass, makeTeacher } from './ingest-class.js';
import { Load } from './load.js';
import { fillClass } from './page-class.js';
import { addFrameClock, costOf, printCost, type Cost } from './page-watch.js';
import { addFirstRows, readFirstRows } from './first-rows.js';
import { addPaintClock, readPaintClock } from './paint-clock.js';
import { startServer } from './server-process.js';

const { values } = parseArgs({
  options: {
    students: { type: 'string', default: '2000' },
    questions: { type: 'string', default: '30' },
    /** Records per second. */
    rate: { type: 'string', default: '500' },
    /** Of each view; 600 shows whether memory stays flat. */
    seconds: { type: 'string', default: '20' },
    /** Page loads that are timed, each with an empty cache. */
    loads: { type: 'string', default: '5' },
    views: { type: 'string', default: 'dense,rows,question' },
    /**
     * Records that each student sends while the page is open but not yet measured, as fast as a machine of two cores takes them. With
     * 400 every cell is filled and each student has all the points that a page keeps: memory that still grows is a leak.
     */
    before: { type: 'string', default: '0' },
    /** Writes what the main thread did to this folder, a `.cpuprofile` each. */
    profile: { type: 'string' },
  },
});
const [students, questions, rate, seconds, loads] = [
  values.students,
  values.questions,
  values.rate,
  values.seconds,
  values.loads,
].map(Number) as [number, number, number, number, number];
const views = values.views.split(',');
const before = Number(values.before);
/** Records per second of what comes before the measuring, and of one message then. */
const beforePace = { perSecond: 3_000, batch: 10 };
/** What a sender saw is told at the end of each part. */
const longestPartS = 20;
/** What the figures are compared with does not change in ten minutes. */
const longestBaselineS = 20;
const aims = { firstPaintMs: 1_000, busy: 0.3, frameMs: 50 };

const load = (): string => `load average ${(loadavg()[0] ?? NaN).toFixed(1)}`;

async function main(): Promise<void> {
  const url = process.env['DATABASE_URL'];
  if (url === undefined) throw new Error('DATABASE_URL is not set: run this as npm run bench:page');
  console.log(`bench:page\n  machine        ${machine()}, ${load()}`);
  console.log(
    `  configuration  ${students} students × ${questions} questions, ${rate} records/s over ${students} sockets for ${seconds} s a view; class page 1440 × 900 in headless Chromium; embedded Postgres, fsync on`,
  );
  const database = openDatabase(url, 4);
  await migrate(url);
  const server = await startServer(url);
  const browser = await chromium.launch(chromiumOptions);
  const sender = new Load();
  try {
    const made = await makeClass(database.db, { students, labs: 1 });
    const lab = made.labs[0] ?? '';
    const filled = await fillClass(url, { lab, questions });
    console.log(`  filled         ${filled.records} records in ${filled.cells} cells`);
    const cookie = await makeTeacher(database.db, server.url, made.course);
    const address = `${server.url}/labs/${lab}`;
    await measureState(`${server.url}/api/v1/labs/${lab}/`, cookie);
    await measureFirstRows(browser, address, cookie, 'nobody sends');
    await sender.tell({ kind: 'connect', server: server.url, tokens: made.tokens, watch: null });
    const playFor = (lasting: number) =>
      sender.play({ seconds: lasting, batch: 1, pace: { perSecond: rate }, stamps: { questions } });
    const play = () => playFor(seconds);
    const shortly = Math.min(seconds, longestBaselineS);

    const bare = await measureBareWatcher(browser, { server: server.url, lab, cookie }, () => playFor(shortly));
    printCost('bare page that parses the same messages (baseline)', bare);
    for (const view of views) {
      const context = await contextOf(browser, server.url, cookie, view === 'rows' ? 'rows' : 'dense');
      const page = await context.newPage();
      await addFrameClock(page);
      await addPaintClock(page);
      await page.goto(view === 'question' ? `${address}/questions/2` : address);
      await page.getByText(/^Live/).first().waitFor();
      await sleep(3_000);
      if (before > 0) {
        console.log(`\n  ${(await sendBefore(sender)).toFixed(0)} records of each student came before`);
        await page.getByText(/^Live/).first().waitFor();
      }
      console.log(`\n  ${view}, ${load()}`);
      if (view === views[0]) printCost('without updates', await costOf(browser, page, () => sleep(shortly * 500)));
      await measureUpdates(browser, page, view, play, bare);
      await context.close();
    }
    await Promise.all([
      sender.play({ seconds: 3 * loads, batch: 1, pace: { perSecond: rate }, stamps: { questions } }),
      measureFirstRows(browser, address, cookie, `while ${rate} records/s come`),
    ]);
    console.log(`  server: ${server.residentMiB().toFixed(0)} MiB resident, peak ${server.peakMiB().toFixed(0)}`);
  } finally {
    await sender.tell({ kind: 'close' }).catch(() => undefined);
    sender.end();
    await browser.close();
    await server.stop();
    await database.close();
  }
}

/** @returns records of each student, those acknowledged late among them */
async function sendBefore(sender: Load): Promise<number> {
  const { perSecond, batch } = beforePace;
  let messages = 0;
  for (let left = (before * students) / perSecond; left > 0; left -= longestPartS) {
    const part = Math.min(left, longestPartS);
    const played = await sender.play({ seconds: part, batch, pace: { perSecond }, stamps: { questions } });
    messages += played.latencies.length;
  }
  return (messages * batch) / students;
}

/** What the page asks for first, as the API gives it to anybody. */
async function measureState(api: string, cookie: string): Promise<void> {
  for (const path of ['state', 'state/columns']) {
    const took: number[] = [];
    let bytes = 0;
    for (let times = 0; times < 5; times++) {
      const began = performance.now();
      const reply = await fetch(`${api}${path}`, { headers: { cookie } });
      bytes = (await reply.arrayBuffer()).byteLength;
      if (!reply.ok) break;
      took.push(performance.now() - began);
    }
    console.log(`  ${line(`GET ${path}, ${(bytes / 1e6).toFixed(1)} MB`, percentiles(took))}`);
  }
}

async function contextOf(
  browser: Browser,
  server: string,
  cookie: string,
  density: 'rows' | 'dense',
): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await context.addCookies(
    cookie.split('; ').map((pair) => {
      const at = pair.indexOf('=');
      return { name: pair.slice(0, at), value: pair.slice(at + 1), url: server };
    }),
  );
  await context.addInitScript((kept) => localStorage.setItem('nbpulse-density', kept), density);
  return context;
}

async function measureFirstRows(browser: Browser, address: string, cookie: string, when: string): Promise<void> {
  const paints: number[] = [];
  const firstRows: number[] = [];
  const whole: number[] = [];
  const began = load();
  for (let times = 0; times < loads; times++) {
    const context = await contextOf(browser, new URL(address).origin, cookie, 'dense');
    const page = await context.newPage();
    await addFirstRows(page);
    await page.goto(address);
    await page.getByText(/^Live/).first().waitFor();
    const seen = await readFirstRows(page);
    paints.push(seen.paintMs);
    firstRows.push(seen.rowsPaintedMs);
    whole.push(seen.wholeMs);
    await context.close();
  }
  console.log(`\n  opening the page, ${when}; nothing in the browser's cache; ${began}`);
  const figures = percentiles(firstRows);
  console.log(`  ${line('navigation → first contentful paint', percentiles(paints))}`);
  console.log(`  ${line('navigation → first rows painted', figures)}`);
  console.log(`  ${line('navigation → all data in, live', percentiles(whole))}`);
  console.log(`  aim: ≤ ${aims.firstPaintMs} ms: ${figures.p50 <= aims.firstPaintMs ? 'met' : 'not met'} at p50`);
}

async function measureUpdates(
  browser: Browser,
  page: Page,
  view: string,
  play: () => ReturnType<Load['play']>,
  bare: Cost,
): Promise<void> {
  let acks: [string, number][] = [];
  let sent = 0;
  const profiler = values.profile === undefined ? null : await page.context().newCDPSession(page);
  await profiler?.send('Profiler.enable');
  await profiler?.send('Profiler.start');
  const cost = await costOf(browser, page, async () => {
    const played = await play();
    acks = played.acks;
    sent = played.acknowledged;
  });
  if (profiler) {
    const { profile } = await profiler.send('Profiler.stop');
    const { writeFile } = await import('node:fs/promises');
    await writeFile(`${values.profile ?? ''}/${view}.cpuprofile`, JSON.stringify(profile));
  }
  printCost(`${(sent / cost.seconds).toFixed(0)} records/s`, cost);
  const painted = new Map((await readPaintClock(page)).map((one) => [one.sentAt, one.paintedAt]));
  const delays = acks.flatMap(([stamp, at]) => {
    const paintedAt = painted.get(Number(stamp));
    return paintedAt === undefined ? [] : [Math.max(0, paintedAt - at)];
  });
  if (delays.length > 0) console.log(`    ${line('acknowledged → painted, rows in sight', percentiles(delays))}`);
  const ratio = (cost.busy / bare.busy).toFixed(1);
  const frames = percentiles(cost.frames);
  const met = (is: boolean): string => (is ? 'met' : 'not met');
  console.log(
    `    ${ratio} × the bare page; aims: busy < ${100 * aims.busy} % ${met(cost.busy < aims.busy)}, no frame over ${aims.frameMs} ms at p99 ${met(frames.p99 <= aims.frameMs)}`,
  );
}

await main();
