/** A page as axe sees it in both themes and, with NBPULSE_PICTURES=folder, as a picture that is kept. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import type { AxeResults } from 'axe-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** One line per element that breaks a rule: the rule, the element, and what axe saw. */
export async function complaints(page: Page): Promise<string[]> {
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
  // Playwright evaluates beside the page, so the page's own policy for scripts is not in the way.
  await page.evaluate(axe);
  const { violations, passes } = await page.evaluate((): Promise<AxeResults> =>
    (globalThis as unknown as { axe: { run: () => Promise<AxeResults> } }).axe.run(),
  );
  expect(passes.length).toBeGreaterThan(10); // else axe looked at an empty page
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary ?? ''}`),
  );
}

export async function look(page: Page, name: string): Promise<void> {
  const folder = process.env['NBPULSE_PICTURES'];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    expect.soft(await complaints(page), `${name} ${colorScheme}`).toEqual([]);
    if (folder !== undefined)
      await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`), fullPage: true });
  }
}

/** Pixels by which a page is too wide for its window. */
export const tooWide = (page: Page): Promise<number> =>
  page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - innerWidth));
