/** When the first students stood on the screen, and when all of the lab was in. Runs inside the page, from its navigation on. */
import type { Page } from '@playwright/test';

export interface FirstRows {
  /** The browser's own first contentful paint. */
  paintMs: number;
  /** Milliseconds since the navigation began. */
  rowsPaintedMs: number;
  wholeMs: number;
}

/** To be added before the page loads. */
export async function addFirstRows(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const seen: FirstRows = { paintMs: NaN, rowsPaintedMs: NaN, wholeMs: NaN };
    Object.assign(window, { firstRows: seen });
    const note = (name: keyof FirstRows): void => {
      // A frame's work is done when the first task after its callbacks runs.
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => (seen[name] = performance.now());
        channel.port2.postMessage(null);
      });
    };
    const wanted: [keyof FirstRows, () => boolean][] = [
      ['rowsPaintedMs', () => document.querySelector('[role="grid"] [data-n], [role="grid"] tr[data-id]') !== null],
      ['wholeMs', () => document.querySelector('header .live time') !== null],
    ];
    new MutationObserver(() => {
      for (const [name, isThere] of wanted.splice(0)) {
        if (isThere()) note(name);
        else wanted.push([name, isThere]);
      }
    }).observe(document, { subtree: true, childList: true });
  });
}

export async function readFirstRows(page: Page): Promise<FirstRows> {
  await page.waitForFunction(() => {
    const { firstRows } = window as unknown as { firstRows: FirstRows };
    return Number.isFinite(firstRows.rowsPaintedMs) && Number.isFinite(firstRows.wholeMs);
  });
  return page.evaluate(() => ({
    ...(window as unknown as { firstRows: FirstRows }).firstRows,
    paintMs: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
  }));
}
