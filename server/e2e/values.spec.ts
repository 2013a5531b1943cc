/**
 * Values as pages draw them: every golden value of schema/fixtures, charts inside their sandboxed frame, in both themes and on a phone.
 * NBPULSE_PICTURES=folder keeps a picture of each page.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join as joinPath } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import type { AxeResults } from 'axe-core';
import { z } from 'zod';
import { value as valueSchema, type Value } from '@nbpulse/schema/wire';
import { join, ParticipantClient } from '../simulator/participant-client.js';
import { startNbpulse, type Started } from './started.js';
import { TeacherApi } from './teacher-api.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const golden = z
  .array(z.object({ name: z.string(), value: valueSchema }))
  .parse(JSON.parse(readFileSync(new URL('../../schema/fixtures/values.json', import.meta.url), 'utf8')));
const find = (...names: string[]): Value[] => names.map((name) => golden.find((one) => one.name === name)!.value);

const chart = (mime: string, spec: unknown, alt: string): Value => ({
  t: 'rich',
  cls: 'Chart',
  mime,
  data: { v: JSON.stringify(spec) },
  alt,
});
const plotly = 'application/vnd.plotly.v1+json';
const vegaLite = 'application/vnd.vegalite.v6+json';
const bars = (title: string) => ({
  data: [{ type: 'bar', x: ['a', 'b'], y: [3, 5] }],
  layout: { title: { text: title } },
});
const points = {
  $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
  data: { values: [{ a: 1, b: 2 }, { a: 2, b: 5 }] }, // prettier-ignore
  mark: 'point',
  encoding: { x: { field: 'a', type: 'quantitative' }, y: { field: 'b', type: 'quantitative', axis: { labelExpr: "datum.label + '!'" } } }, // prettier-ignore
};
/** What a hostile student would send: an end of the script, markup in a title, data and pictures from elsewhere. */
const hostile = {
  data: [{ type: 'scatter', x: [1], y: [2], text: ['<img src=x onerror="document.title=1">'] }],
  layout: {
    title: { text: '</script><script>document.title="run"</script><a href="javascript:document.title=2">x</a>' },
    images: [{ source: 'https://example.org/track.png', x: 0, y: 1, sizex: 1, sizey: 1 }],
  },
};
const remote = { ...points, data: { url: 'https://example.org/data.json' } };

const questions: Record<string, Value[]> = {
  plotly: [chart(plotly, bars('Sales'), 'Chart “Sales”: 1 series (bar)')],
  vega: [chart(vegaLite, points, 'Chart: 1 series (point), x: a, y: b')],
  hostile: [chart(plotly, hostile, '"><script>alert(1)</script>'), chart(vegaLite, remote, 'remote data')],
  arrays: find(
    'array of floats with names',
    'array of complex',
    'array of mixed kinds',
    'array of records',
    'array cut',
  ),
  tables: find(
    'frame with index',
    'polars frame',
    'series of a zone',
    'frame with names in two levels',
    'index of levels',
  ),
  objects: find('estimator', 'dataclass', 'object without a repr', 'deque', 'generator'),
  drawn: [
    { t: 'rich', cls: 'sympy.Add', mime: 'text/latex', data: { v: '$\\displaystyle \\frac{x^{2}}{2} + \\sqrt{y}$' } },
    {
      t: 'rich',
      cls: 'Note',
      mime: 'text/markdown',
      data: { v: '# Title\n\n- one\n- *two*\n\n<script>alert(1)</script>' },
    },
    ...find('html'),
  ],
};

let started: Started;
let page: Page;
let lab: string;
const clients: ParticipantClient[] = [];
const outside: string[] = [];
const faults: string[] = [];

test.beforeAll(async ({ browser }) => {
  test.setTimeout(360_000);
  started = await startNbpulse({ notebook: false, args: ['--no-grading'] });
  page = await (await browser.newContext({ reducedMotion: 'reduce' })).newPage();
  page.on('request', (request) => {
    if (/^https?:/.test(request.url()) && !request.url().startsWith(started.server)) outside.push(request.url());
  });
  // One that the frame's policy stopped was asked for and never left.
  page.on('requestfailed', (request) => {
    if (request.failure()?.errorText === 'csp') outside.splice(outside.indexOf(request.url()), 1);
  });
  page.on('pageerror', (error) => faults.push(error.message));
  const api = new TeacherApi(page.request, started.server);
  await api.signInByLink(started);
  const hello = (await api.labs()).find(({ name }) => name === 'Hello send')!;
  lab = hello.id;
  for (let at = 0; at < 5; at++) {
    const seat = await join({ server: started.server, code: hello.joinCode, name: `Student ${String(at + 1)}` });
    const client = new ParticipantClient(started.server, seat);
    clients.push(client);
    await client.opened();
    for (const [key, values] of Object.entries(questions)) {
      const value = values[at];
      if (value) await client.send(key, value);
    }
  }
});
test.afterAll(async () => {
  for (const client of clients) client.close();
  await page.context().close();
  await started.stop();
});

const open = async (key: string): Promise<void> => {
  await page.goto(`${started.server}/labs/${lab}/questions/${key}`);
  await expect(page.getByText(`${String(questions[key]!.length)} of 5 sent`).first()).toBeVisible();
};
const chartFrame = (title: string) => page.frameLocator(`iframe[title=${JSON.stringify(title)}]`);

test('a chart of plotly is drawn in a frame that has no origin and no network', async () => {
  await page.setViewportSize({ width: 1280, height: 900 });
  await open('plotly');
  await expect(chartFrame('Chart “Sales”: 1 series (bar)').locator('.bars path')).toHaveCount(2);
  await expect(page.locator('figcaption')).toHaveText('Chart “Sales”: 1 series (bar)');
  expect(await page.locator('iframe').getAttribute('sandbox')).toBe('allow-scripts');
  const frame = page.frames().find((one) => one.url().endsWith('/render'))!;
  expect(await frame.evaluate(() => globalThis.origin)).toBe('null');
  expect(await frame.evaluate(() => fetch('/api/v1/session').then(() => 'reached', () => 'blocked'))).toBe('blocked'); // prettier-ignore
});

test('a chart of altair is drawn, expressions and all, without code made from text', async () => {
  await open('vega');
  const marks = chartFrame('Chart: 1 series (point), x: a, y: b').locator('svg');
  await expect(marks.locator('path[aria-roledescription="point"]')).toHaveCount(2);
  await expect(marks.getByText('5.0!')).toBeVisible();
});

test('a hostile chart does no harm and reaches nothing', async () => {
  await open('hostile');
  await expect(chartFrame('"><script>alert(1)</script>').locator('.main-svg').first()).toBeVisible();
  await expect(chartFrame('remote data').getByText(/cannot be drawn|nothing is fetched/).or(chartFrame('remote data').locator('svg')).first()).toBeVisible(); // prettier-ignore
  for (const frame of page.frames().filter((one) => one.url().endsWith('/render'))) {
    expect(['"><script>alert(1)</script>', 'remote data']).toContain(await frame.title());
  }
  expect(outside).toEqual([]);
});

test('every kind of value is on the page, in both themes and on a phone, and accessible', async () => {
  test.setTimeout(240_000);
  for (const [look, width] of [
    ['light', 1280],
    ['dark', 1280],
    ['dark', 390],
  ] as const) {
    await page.emulateMedia({ colorScheme: look });
    await page.setViewportSize({ width, height: 900 });
    for (const key of Object.keys(questions).filter((name) => name !== 'hostile')) {
      await open(key);
      await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
      if (key === 'drawn') await expect(page.locator('.value-formula .sqrt')).toBeVisible();
      if (key === 'plotly') await expect(chartFrame('Chart “Sales”: 1 series (bar)').locator('.bars')).toBeVisible();
      if (key === 'vega') await expect(chartFrame('Chart: 1 series (point), x: a, y: b').locator('svg')).toBeVisible();
      await page.evaluate(axe);
      const { violations } = await page.evaluate((): Promise<AxeResults> =>
        (globalThis as unknown as { axe: { run: () => Promise<AxeResults> } }).axe.run(),
      );
      const complaints = violations.flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary ?? ''}`),
      );
      expect.soft(complaints, `${key}, ${look}, ${String(width)}`).toEqual([]);
      expect.soft(await page.evaluate(() => document.documentElement.scrollWidth), key).toBeLessThanOrEqual(width);
      const folder = process.env['NBPULSE_PICTURES'];
      if (folder)
        await page.screenshot({ path: joinPath(folder, `${key}-${look}-${String(width)}.png`), fullPage: true });
    }
  }
  expect(faults).toEqual([]);
  expect(outside).toEqual([]);
});
