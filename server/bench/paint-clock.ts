/**
 * When did a page show it? Runs inside the page: a value that is an instant (milliseconds since 1970, with decimals) is looked
 * for in whatever text the page changes, and the moment after the frame that painted it is noted beside it.
 */
import type { Page } from '@playwright/test';

export interface Painted {
  /** What the sender wrote: milliseconds since 1970. */
  sentAt: number;
  /** After the frame that shows it. */
  paintedAt: number;
}

/** To be added before the page loads. */
export async function addPaintClock(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const noted = new Map<string, number>();
    const waiting = new Set<string>();
    const instant = /\b1[6-9]\d{11}\.\d{1,3}\b/g;
    Object.assign(window, { paintClock: noted });
    const afterPaint = (run: () => void): void => {
      // A frame's work is done when the first task after its callbacks runs.
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = run;
        channel.port2.postMessage(null);
      });
    };
    const look = (text: string | null | undefined): void => {
      for (const [found] of (text ?? '').matchAll(instant)) {
        if (noted.has(found) || waiting.has(found)) continue;
        waiting.add(found);
        afterPaint(() => {
          noted.set(found, performance.timeOrigin + performance.now());
          waiting.delete(found);
        });
      }
    };
    new MutationObserver((changes) => {
      for (const { type, target, addedNodes } of changes) {
        if (type === 'characterData') look(target.textContent);
        // A text that was put into an element; a whole row that scrolls or sorts into sight shows what is old.
        for (const node of addedNodes) if (node.nodeType === Node.TEXT_NODE) look(node.textContent);
      }
    }).observe(document, { subtree: true, childList: true, characterData: true });
  });
}

export async function readPaintClock(page: Page): Promise<Painted[]> {
  const pairs = await page.evaluate(() => {
    const { paintClock } = window as unknown as { paintClock: Map<string, number> };
    return [...paintClock];
  });
  return pairs.map(([sentAt, paintedAt]) => ({ sentAt: Number(sentAt), paintedAt }));
}
