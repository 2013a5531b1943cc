/**
 * Groups of answers as a teacher handles them: merged, split, named with a hint, and met again in the next class.
 * NBPULSE_PICTURES=folder keeps a picture of each page.
 */
import { readFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { labView, solutionJob, type LabView, type NotebookReport, type Value } from '@nbpulse/schema/wire';
import { code, text } from '../simulator/encode.js';
import { join, ParticipantClient } from '../simulator/participant-client.js';
import { complaints } from './look.js';
import { startNbpulse, type Started } from './started.js';
import { TeacherApi } from './teacher-api.js';

let started: Started;
let page: Page;
let course: string;
const clients = new Map<string, ParticipantClient>();

async function newLab(name: string): Promise<LabView> {
  const origin = { headers: { origin: started.server } };
  const made = await page.request.post(`${started.server}/api/v1/courses/${course}/labs`, {
    ...origin,
    data: { name },
  });
  const { id } = labView.parse(await made.json());
  const opened = await page.request.patch(`${started.server}/api/v1/labs/${id}`, {
    ...origin,
    data: { status: 'open' },
  });
  return labView.parse(await opened.json());
}
async function send(lab: LabView, name: string, question: string, value: Value): Promise<void> {
  const client = new ParticipantClient(
    started.server,
    await join({ server: started.server, code: lab.joinCode, name }),
  );
  clients.set(name, client);
  await client.opened();
  await client.send(question, value);
}
const sendAgain = (name: string, question: string, value: Value): Promise<unknown> =>
  clients.get(name)!.send(question, value);

/** The template's run, as a worker reports it: this one runs nothing. */
async function templateSent(lab: LabView, question: string, value: Value): Promise<void> {
  const api = `${started.server}/api/v1`;
  const run = await page.request.post(`${api}/labs/${lab.id}/notebook-runs?kind=template&filename=lab.ipynb`, {
    headers: { origin: started.server, 'content-type': 'application/octet-stream' },
    data: Buffer.from(JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [] })),
  });
  expect(run.ok(), await run.text()).toBe(true);
  const token = readFileSync(joinPath(started.dataDir, 'secrets', 'worker-token'), 'utf8').trim();
  const headers = { authorization: `Bearer ${token}` };
  const leased = await page.request.post(`${api}/worker/lease`, {
    headers,
    data: { worker: 'test', kinds: ['solution'], waitMs: 5_000 },
  });
  const job = solutionJob.parse(await leased.json());
  const report: NotebookReport = {
    v: 1,
    outcome: 'completed',
    sent: [{ question, value, why: null }],
    leftOut: 0,
    failed: [],
    engine: 'bubblewrap',
    tier: 'A',
    startedAt: new Date().toISOString(),
    durationMs: 900,
  };
  const done = await page.request.post(`${api}/worker/jobs/${job.id}/finish`, {
    headers,
    data: { lease: job.lease, report },
  });
  expect(done.ok(), await done.text()).toBe(true);
}
const open = (lab: LabView, question: string) => page.goto(`${started.server}/labs/${lab.id}/questions/${question}`);
const group = (words: string): Locator => page.getByRole('listitem').filter({ hasText: words });
async function picture(name: string): Promise<void> {
  const folder = process.env.NBPULSE_PICTURES;
  if (folder !== undefined) await page.screenshot({ path: joinPath(folder, `${name}.png`) });
}

test.beforeAll(async ({ browser }) => {
  test.setTimeout(360_000);
  started = await startNbpulse({ notebook: false, args: ['--no-grading'] });
  const context = await browser.newContext({ reducedMotion: 'reduce', viewport: { width: 1440, height: 900 } });
  page = await context.newPage();
  const api = new TeacherApi(page.request, started.server);
  await api.signInByLink(started);
  course = (await api.labs())[0]!.course;
});
test.afterAll(async () => {
  for (const client of clients.values()) client.close();
  await page.context().close();
  await started.stop();
});

test('groups are merged, split and named; the next class’s equal answers bring the name and the hint', async () => {
  test.setTimeout(180_000);
  const lab = await newLab('Lab 4');
  const answers: [string, string][] = [
    ['Ada Lovelace', 'postcode'],
    ['Emmy Noether', 'Postcode'],
    ['Carl Gauss', 'post code.'],
    ['Hypatia', 'age'],
    ['Niels Abel', 'Age'],
    ['Kurt Gödel', 'years'],
    ['Leonhard Euler', 'customer_id'],
  ];
  for (const [name, answer] of answers) await send(lab, name, '2', text(answer));
  await open(lab, '2');
  await expect(group('postcode').getByText('3', { exact: true })).toBeVisible();
  await expect(page.getByText('Texts are near-equal when')).toBeVisible();
  // One letter in the place of another is one mark; only where a letter is left out stands a bar.
  const capital = group('postcode').locator('.variants > span').filter({ hasText: 'Postcode' });
  await expect(capital.locator('mark')).toHaveText(['P']);

  // By keyboard: two are picked, U merges them, Undo takes it back.
  await page.getByRole('checkbox', { name: /^Pick age/i }).focus();
  await page.keyboard.press('Space');
  await page.getByRole('checkbox', { name: /^Pick years/ }).focus();
  await page.keyboard.press('Space');
  await expect(page.getByRole('region', { name: 'Picked groups' })).toContainText('2 groups');
  await page.getByRole('button', { name: /^Clear/ }).focus();
  await picture('groups-picked');
  await page.keyboard.press('u');
  await expect(page.getByText('2 groups merged.')).toBeVisible();
  await expect(group('years').getByText('3', { exact: true }).first()).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('checkbox', { name: /^Pick years/ })).toHaveCount(1);

  await group('postcode').hover();
  await page.getByRole('button', { name: /^Split… postcode/i }).click();
  await page
    .getByRole('dialog')
    .getByRole('checkbox', { name: /^Postcode, 1/ })
    .check();
  await page.getByRole('button', { name: 'Split off 1' }).click();
  await expect(page.getByText('1 answer put into a group of their own.')).toBeVisible();
  await expect(page.getByRole('checkbox', { name: /^Pick Postcode, 1 sent/ })).toHaveCount(1);

  await page.getByRole('button', { name: /^Name… age/i }).click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Takes the age');
  await page
    .getByRole('textbox', { name: 'Hint', exact: true })
    .fill('Which column holds numbers that are really labels?');
  await page.getByRole('checkbox', { name: /^Keep as a known mistake/ }).check();
  await picture('groups-name');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(group('Takes the age').getByText('known mistake', { exact: true })).toBeVisible();
  await picture('groups-text');

  // Forgotten by mistake: Undo brings name and hint back.
  await page.getByRole('button', { name: /^Name… Takes the age/ }).click();
  await page.getByRole('button', { name: 'Forget this mistake' }).click();
  // It stays while the pointer is on it.
  await page.getByText('“Takes the age” is no longer a known mistake.').hover();
  await expect(group('Takes the age')).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(group('Takes the age').getByText('known mistake', { exact: true })).toBeVisible();

  const next = await newLab('Lab 4 again');
  await send(next, 'Sophie Germain', '2', text('AGE!'));
  await open(next, '2');
  const known = group('Takes the age');
  await expect(known.getByText(/^known since Lab 4, \d{4}$/)).toBeVisible();
  await expect(known.getByText('Which column holds numbers that are really labels?')).toBeVisible();
  await expect(known.getByRole('button', { name: 'Copy the hint of “Takes the age”' })).toBeVisible();
  // An answer that comes while the page is open joins its group.
  await send(next, 'Georg Cantor', '2', text('age'));
  await expect(known.getByText('2', { exact: true })).toBeVisible();
});

test('code groups by its structure; two groups stand beside each other with what differs marked', async () => {
  test.setTimeout(120_000);
  const lab = await newLab('Distances');
  const right =
    'def manhattan(a, b):\n    """City-block distance."""\n    a, b = np.asarray(a), np.asarray(b)\n    return np.abs(a - b).sum()\n';
  const noAbs = right.replace('np.abs(a - b).sum()', '(a - b).sum()');
  await send(lab, 'Ada Lovelace', '3', code('manhattan', right));
  await send(lab, 'Emmy Noether', '3', code('dist', right.replaceAll(/\ba\b/g, 'x').replace('manhattan', 'dist')));
  await send(lab, 'Hypatia', '3', code('manhattan', noAbs));
  await open(lab, '3');
  await expect(page.getByRole('listitem').filter({ hasText: 'Written in 2 ways' })).toBeVisible();
  const beside = page.getByRole('region', { name: 'Side by side' });
  await page.getByRole('button', { name: /return \(a - b\)/ }).click();
  await expect(beside.locator('mark').first()).toBeVisible();
  await expect(beside.getByRole('group', { name: 'This group’s answer' })).toContainText('return (a - b).sum()');
  await expect(beside.getByRole('heading', { name: 'Now' })).toBeVisible();
  await expect(beside.getByRole('link', { name: 'Hypatia' })).toBeVisible();
  await picture('groups-code');

  const blank = 'def manhattan(a, b):\n    """City-block distance."""\n    ...\n';
  await templateSent(lab, '3', code('manhattan', blank));
  const choice = beside.getByRole('combobox', { name: 'Compare with' });
  await choice.selectOption('The template');
  await expect(beside.getByRole('group', { name: 'The template' })).toContainText('...');
  await picture('groups-code-template');
  await sendAgain('Hypatia', '3', code('manhattan', right.replace('np.abs(a - b)', 'abs(a + b)')));
  await page.keyboard.press('r');
  await page.getByRole('button', { name: /return abs\(a \+ b\)/ }).click();
  await choice.selectOption('What Hypatia sent before');
  await expect(beside.getByRole('group', { name: 'What Hypatia sent before' })).toContainText('return (a - b).sum()');
  await picture('groups-code-before');
  // What was her first try stands where it was; that she has answered anew since is said.
  const since = group('return (a - b)').getByText('1 has since changed their answer');
  await expect(since).toHaveCount(0);
  await page.keyboard.press('2');
  await expect(since).toBeVisible();
  await expect(group('Written in 2 ways').getByText('since changed')).toHaveCount(0);
  await sendAgain('Ada Lovelace', '3', code('manhattan', 'def manhattan(a, b):\n    return 0\n'));
  await expect(group('Written in 2 ways').getByText('1 has since changed their answer')).toBeVisible();
  await picture('groups-code-first');
  await page.keyboard.press('1');
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    expect(await complaints(page), scheme).toEqual([]);
    await picture(`groups-code-${scheme}`);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  await picture('groups-code-phone');
});
