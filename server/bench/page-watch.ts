/**
 * What a page costs, seen from outside: the main thread by Chromium's own count of its tasks and by the processor time of that thread,
 * frames by requestAnimationFrame, long tasks by PerformanceObserver, memory after a forced collection.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, CDPSession, Page } from '@playwright/test';
import { line, percentiles } from './figures.js';

interface PageClock {
  frames: number[];
  longTasks: number[];
}
export interface Cost {
  seconds: number;
  /** Share of the wall clock in which the main thread had a task. */
  busy: number;
  /** Processor time of the renderer's main thread, as a share of the wall clock. */
  cpu: number;
  scriptMs: number;
  layoutMs: number;
  /** Intervals between frames, ms. */
  frames: number[];
  longTasks: number[];
  heap: { atS: number; MiB: number }[];
}
const ticksPerSecond = 100;
const MiB = 2 ** 20;

/** To be added before the page loads. */
export async function addFrameClock(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const clock: PageClock = { frames: [], longTasks: [] };
    Object.assign(window, { pageClock: clock });
    let before = performance.now();
    const frame = (now: number): void => {
      clock.frames.push(now - before);
      before = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) clock.longTasks.push(entry.duration);
    }).observe({ type: 'longtask' });
  });
}
const takeClock = (page: Page): Promise<PageClock> =>
  page.evaluate(() => {
    const { pageClock } = window as unknown as { pageClock: PageClock };
    return { frames: pageClock.frames.splice(0), longTasks: pageClock.longTasks.splice(0) };
  });

/** @param page with a frame clock. A collection stops the page for a moment, so in between it comes rarely. */
export async function costOf(
  browser: Browser,
  page: Page,
  during: () => Promise<unknown>,
  heapEveryMs = 30_000,
): Promise<Cost> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const pid = await rendererPid(browser, page);
  const heap: Cost['heap'] = [];
  const state = { ended: false };
  const heapNow = async (atS: number): Promise<void> => {
    await session.send('HeapProfiler.collectGarbage');
    const { JSHeapUsedSize = NaN } = await metricsOf(session);
    heap.push({ atS, MiB: JSHeapUsedSize / MiB });
  };
  await heapNow(0);
  await takeClock(page);
  const [before, cpuBefore, began] = [await metricsOf(session), threadSeconds(pid), performance.now()];
  const secondsNow = (): number => (performance.now() - began) / 1_000;
  const watching = (async () => {
    for (let next = heapEveryMs; !state.ended;) {
      await sleep(200);
      if (performance.now() - began < next) continue;
      next += heapEveryMs;
      await heapNow(secondsNow());
    }
  })();
  try {
    await during();
  } finally {
    state.ended = true;
    await watching;
  }
  const [after, cpuAfter] = [await metricsOf(session), threadSeconds(pid)];
  const seconds = secondsNow();
  const { frames, longTasks } = await takeClock(page);
  await heapNow(seconds);
  await session.detach();
  const grown = (name: string): number => (after[name] ?? NaN) - (before[name] ?? NaN);
  return {
    seconds,
    busy: grown('TaskDuration') / seconds,
    cpu: (cpuAfter - cpuBefore) / seconds,
    scriptMs: (1_000 * grown('ScriptDuration')) / seconds,
    layoutMs: (1_000 * (grown('LayoutDuration') + grown('RecalcStyleDuration'))) / seconds,
    frames,
    longTasks,
    heap,
  };
}

/** Below so many samples a slope says nothing. */
const leastForSlope = 6;

export function printCost(what: string, cost: Cost): void {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const { busy, cpu, scriptMs, layoutMs, frames, longTasks, heap, seconds } = cost;
  console.log(
    `  ${what}: main thread busy ${percent(busy)} of the clock (${percent(cpu)} processor time); of each second ${scriptMs.toFixed(0)} ms script, ${layoutMs.toFixed(0)} ms style and layout`,
  );
  console.log(`    ${line('frame interval', percentiles(frames))}`);
  console.log(
    `    ${longTasks.length} tasks over 50 ms in ${seconds.toFixed(0)} s${longTasks.length > 0 ? `, the longest ${Math.max(...longTasks).toFixed(0)} ms` : ''}`,
  );
  const [first, last] = [heap[0]?.MiB ?? NaN, heap.at(-1)?.MiB ?? NaN];
  const middle = heap.find(({ atS }) => atS >= seconds / 2);
  const slopes =
    heap.length < leastForSlope
      ? ''
      : `, at half time ${middle?.MiB.toFixed(1) ?? '?'}; ${slopePerMinute(heap).toFixed(2)} MiB a minute over all, ${slopePerMinute(heap.slice(heap.length >> 1)).toFixed(2)} in the second half`;
  console.log(`    heap after collection ${first.toFixed(1)} → ${last.toFixed(1)} MiB${slopes} (n = ${heap.length})`);
}

/** Least squares over all samples but the first, which holds what the page's start left. */
export function slopePerMinute(heap: Cost['heap']): number {
  const samples = heap.slice(1);
  const mean = (pick: (one: Cost['heap'][number]) => number): number =>
    samples.reduce((sum, one) => sum + pick(one), 0) / samples.length;
  const [atS, size] = [mean((one) => one.atS), mean((one) => one.MiB)];
  const spread = samples.reduce((sum, one) => sum + (one.atS - atS) ** 2, 0);
  return (60 * samples.reduce((sum, one) => sum + (one.atS - atS) * (one.MiB - size), 0)) / spread;
}

async function metricsOf(session: CDPSession): Promise<Record<string, number>> {
  const { metrics } = await session.send('Performance.getMetrics');
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

/** The renderer that used most processor time while the page was kept busy for a moment: CDP does not say which is a page's. */
async function rendererPid(browser: Browser, page: Page): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const look = async (): Promise<Map<number, number>> => {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    return new Map(processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => [id, threadSeconds(id)]));
  };
  const before = await look();
  await page.evaluate(() => {
    const until = performance.now() + 200;
    while (performance.now() < until);
  });
  const after = await look();
  await session.detach();
  const used = [...after].map(([pid, seconds]) => ({ pid, seconds: seconds - (before.get(pid) ?? 0) }));
  return used.sort((a, b) => b.seconds - a.seconds)[0]?.pid ?? 0;
}

/** Processor time of a process's main thread; NaN where there is no /proc. */
function threadSeconds(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/task/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(') ') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  } catch {
    return NaN;
  }
}
