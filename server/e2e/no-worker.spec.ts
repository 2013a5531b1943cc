/**
 * What staff read while nothing can be checked or graded: no worker is there; then one comes, and the pages follow; a check that our
 * part failed; a server that does not answer. NBPULSE_PICTURES=folder keeps a picture of each page.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { assignmentDetail, checkJob, labView, sessionView, type CheckReport } from '@nbpulse/schema/wire';
import { join } from '../simulator/participant-client.js';
import { suiteCheckOf } from '../test/checked.js';
import { doubling, notebook } from '../test/course-work.js';
import { look, tooWide } from './look.js';
import { startNbpulse, type Started } from './started.js';
import { TeacherApi } from './teacher-api.js';

let started: Started;
let page: Page;
let course: string;
let lab: string;

test.beforeAll(async ({ browser }) => {
  test.setTimeout(360_000);
  started = await startNbpulse({ notebook: false, args: ['--no-grading'] });
  const context = await browser.newContext({ reducedMotion: 'reduce', viewport: { width: 1440, height: 900 } });
  page = await context.newPage();
  const teacher = new TeacherApi(page.request, started.server);
  await teacher.signInByLink(started);
  course = sessionView.parse(await teacher.get('session')).courses[0]!.id;
  const send = async (method: 'POST' | 'PUT' | 'PATCH', path: string, data: object): Promise<unknown> => {
    const reply = await page.request.fetch(`${started.server}/api/v1/${path}`, {
      method,
      headers: { origin: started.server },
      data,
    });
    expect(reply.ok(), `${path}: ${await reply.text()}`).toBe(true);
    return reply.status() === 204 ? null : reply.json();
  };
  const made = labView.parse(await send('POST', `courses/${course}/labs`, { name: 'Doubling', questions: [] }));
  lab = made.id;
  await send('PATCH', `labs/${lab}`, { status: 'open' });
  await send('POST', `courses/${course}/assignments`, doubling());
  await send('PUT', `labs/${lab}/assignments/doubling`, {});
  const ada = await join({ server: started.server, code: made.joinCode, name: 'Ada Lovelace' });
  const sent = await page.request.post(`${started.server}/api/v1/me/submissions?assignment=doubling`, {
    headers: {
      authorization: `Bearer ${ada.token}`,
      'x-nbpulse-id': randomUUID(),
      'content-type': 'application/octet-stream',
    },
    data: Buffer.from(notebook(['def double(x):\n    return 2 * x'])),
  });
  expect(sent.status()).toBe(201);
});
test.afterAll(async () => {
  await page.context().close();
  await started.stop();
});

const assignments = (): string => `${started.server}/courses/${course}/assignments`;

/** A worker's calls: it takes every check that waits, also the example's, and reports that it passed. */
async function workerCalls(): Promise<void> {
  const token = readFileSync(joinPath(started.dataDir, 'secrets', 'worker-token'), 'utf8').trim();
  const post = async (path: string, data: object) => {
    const reply = await page.request.post(`${started.server}/api/v1/worker/${path}`, {
      headers: { authorization: `Bearer ${token}` },
      data,
    });
    expect(reply.ok(), await reply.text()).toBe(true);
    return reply;
  };
  for (;;) {
    const leased = await post('lease', { worker: 'test', kinds: ['check'], waitMs: 0 });
    if (leased.status() === 204) return;
    const { id, lease } = checkJob.parse(await leased.json());
    const report: CheckReport = { v: 1, outcome: 'completed', check: suiteCheckOf() };
    await post(`jobs/${id}/finish`, { lease, report });
  }
}

test('without a worker the pages say that nothing is checked or graded, and follow when one comes', async () => {
  test.setTimeout(480_000);
  await page.goto(assignments());
  await expect(page.getByText('No worker is there')).toBeVisible();
  await expect(page.getByRole('row', { name: /Doubling/ })).toContainText('not checked yet');
  await look(page, 'assignments-no-worker');
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await tooWide(page)).toBe(0);
  await look(page, 'assignments-no-worker-phone');
  await page.setViewportSize({ width: 1440, height: 900 });

  await page.goto(`${started.server}/labs/${lab}/grades`);
  await page.getByRole('button', { name: /Ada Lovelace, doubling: not graded/ }).click();
  const aside = page.getByRole('complementary', { name: 'Submission' });
  await expect(aside).toContainText('Grading is off on this server');
  await expect(page.getByRole('region', { name: 'Which tests fail, and alike' })).toContainText(
    'Nothing is graded yet',
  );
  await look(page, 'grades-no-worker');

  await page.goto(`${assignments()}/doubling`);
  await expect(page.getByText('No worker is there')).toBeVisible();
  await expect(page.locator('.verdict')).toContainText('Version 1 is not checked yet');
  await expect(page.locator('.verdict')).toContainText('1 submission waits.');
  await look(page, 'assignment-no-worker');
  await workerCalls();
  // Each call says anew that the worker is there, however slow the page is to ask.
  await expect(async () => {
    await workerCalls();
    await expect(page.getByText('No worker is there')).toHaveCount(0, { timeout: 4_000 });
  }).toPass({ timeout: 120_000 });
  await expect(page.locator('.verdict')).toContainText('Version 1 is good', { timeout: 60_000 });
});

test('a check that our part failed says whose fault it is and what stands in the way, and can be asked for again', async () => {
  const said = 'No sandbox works here: user namespaces are switched off.';
  // A real one rests for minutes between its attempts; the page gets the server's own answer with that end.
  await page.route(/\/api\/v1\/courses\/[^/]+\/assignments\/doubling$/, async (route) => {
    const reply = await route.fetch();
    const detail = assignmentDetail.parse(await reply.json());
    const versions = detail.versions.map((one) => ({ ...one, state: 'not-done', problem: said, check: null }));
    await route.fulfill({
      response: reply,
      json: { ...detail, check: 'not-done', gradedBy: null, waiting: 2, versions },
    });
  });
  await page.goto(`${assignments()}/doubling`);
  const verdict = page.locator('.verdict');
  await expect(verdict).toContainText('not checked, by a fault on our side');
  await expect(verdict).toContainText(said);
  await expect(verdict.getByRole('button', { name: 'Check again' })).toBeVisible();
  await look(page, 'assignment-not-done');
  await page.unrouteAll({ behavior: 'wait' });
});

test('a server that does not answer is told part by part, and Try again shows the page', async () => {
  for (const [path, there] of [
    [`courses/${course}/assignments`, page.getByRole('link', { name: 'Doubling' })],
    [`courses/${course}/assignments/doubling`, page.locator('.verdict')],
    [`labs/${lab}/grades`, page.getByRole('button', { name: /Ada Lovelace, doubling/ })],
  ] as const) {
    const api = `${started.server}/api/v1/${path}`;
    await page.route(api, (route) => route.abort());
    await page.goto(`${started.server}/${path}`);
    await expect(page.getByRole('alert')).toContainText('The server does not answer');
    await look(page, `${path.split('/').at(-1) ?? ''}-lost`);
    await page.unroute(api);
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(there).toBeVisible();
  }
});
