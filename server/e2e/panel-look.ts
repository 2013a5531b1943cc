/** The student's panel looked at in JupyterLab: by axe, in its widths and both themes, and in pictures where they are wanted. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect } from '@playwright/test';
import type { AxeResults } from 'axe-core';
import type { StudentPage } from './student-page.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Where pictures of the panel's states go, for people to look at; nowhere by default. */
const pictures = process.env['NBPULSE_PICTURES'];

/** No violation in this theme, at 320 and at 240 px; a picture of each where they are wanted. */
export async function looksRight(student: StudentPage, state: string): Promise<void> {
  const { page, panel } = student;
  for (const width of [320, 240]) {
    await panel.evaluate((node, px) => (node.style.width = `${px}px`), width);
    await page.evaluate(axe);
    const found = await page.evaluate(async () => {
      const { axe: checker } = window as unknown as { axe: { run: (at: string) => Promise<AxeResults> } };
      return (await checker.run('#nbpulse-panel')).violations.map(({ id, nodes }) => [
        id,
        nodes.map(({ html }) => html),
      ]);
    });
    expect(found, `${state} at ${width} px`).toEqual([]);
    const isWide = await panel.evaluate((node) => node.scrollWidth > node.clientWidth);
    expect(isWide, `${state} at ${width} px scrolls sideways`).toBe(false);
    if (pictures !== undefined) await panel.screenshot({ path: `${pictures}/${state}-${width}.png` });
  }
  await panel.evaluate((node) => (node.style.width = ''));
}
/** In the light theme first, then in the dark one. */
export async function inBothThemes(student: StudentPage, look: (theme: string) => Promise<void>): Promise<void> {
  await look('light');
  await student.command('Theme: JupyterLab Dark');
  await expect(student.page.locator('body')).toHaveAttribute('data-jp-theme-light', 'false');
  await look('dark');
  await student.command('Theme: JupyterLab Light');
  await expect(student.page.locator('body')).toHaveAttribute('data-jp-theme-light', 'true');
}
