/** The baseline of `bench:page`: a page that opens the same socket, parses the same messages and shows how many there were. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from '@playwright/test';
import { addFrameClock, costOf, type Cost } from './page-watch.js';

const html = '<!doctype html><title>bare</title><p id="text">0</p>';

export async function measureBareWatcher(
  browser: Browser,
  { server, lab, cookie }: { server: string; lab: string; cookie: string },
  during: () => Promise<unknown>,
): Promise<Cost> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    await context.addCookies(
      cookie.split('; ').map((pair) => {
        const at = pair.indexOf('=');
        return { name: pair.slice(0, at), value: pair.slice(at + 1), url: server };
      }),
    );
    const page = await context.newPage();
    await addFrameClock(page);
    await page.route('**/bare', (route) => route.fulfill({ contentType: 'text/html', body: html }));
    await page.goto(`${server}/bare`);
    await page.evaluate(
      (hello) => {
        const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/api/v1/live`);
        let records = 0;
        socket.onopen = () => socket.send(hello);
        socket.onmessage = ({ data }: MessageEvent<string>) => {
          const { changes = [] } = JSON.parse(data) as { changes?: { kind: string }[] };
          records += changes.filter(({ kind }) => kind === 'record').length;
          requestAnimationFrame(() => {
            const place = document.getElementById('text');
            if (place) place.textContent = String(records);
          });
        };
      },
      JSON.stringify({ v: 1, type: 'hello', as: { role: 'staff', lab } }),
    );
    await sleep(1_000);
    return await costOf(browser, page, during);
  } finally {
    await context.close();
  }
}
