/**
 * A teacher's page never needs a reload to be right: the server is killed and started again while records wait, the network goes,
 * the laptop sleeps. Each time the page says that what it shows is old, catches up by itself, says so, and is then what the API says.
 */
import { expect, test, type BrowserContext, type Page } from '@playwright/test';
import type { LabListItem, LabState, Value } from '@nbpulse/schema/wire';
import { studentName } from '../simulator/mathematicians.js';
import { join, ParticipantClient } from '../simulator/participant-client.js';
import { killDescendant, serverProcess } from './processes.js';
import { startNbpulse, type Started } from './started.js';
import { teacher, TeacherApi } from './teacher-api.js';

const students = 6;
const lost = /^Reconnecting, showing \d\d:\d\d:\d\d$/;

let started: Started;
let context: BrowserContext;
let page: Page;
let api: TeacherApi;
let lab: LabListItem;
let clients: ParticipantClient[];

test.beforeAll(async ({ browser }) => {
  started = await startNbpulse({ notebook: false, args: ['--no-grading'] });
  context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  api = new TeacherApi(context.request, started.server);
  await api.signInByLink(started);
  lab = (await api.labs())[0]!;
  clients = await Promise.all(
    Array.from({ length: students }, async (_, index) => {
      const me = await join({ server: started.server, code: lab.joinCode, name: studentName(index) });
      return new ParticipantClient(started.server, me);
    }),
  );
  await Promise.all(clients.map((client) => client.send('1', answer(0))));
  page = await context.newPage();
  await page.goto(`${started.server}/labs/${lab.id}`);
  await expect(live()).toBeVisible();
});
test.afterAll(async () => {
  for (const client of clients) client.close();
  await context.close();
  await started.stop();
});

const answer = (n: number): Value => ({ t: 'str', v: `answer ${n}` });
const live = () => page.getByText(/^Live/).first();
/** Every student sends to a question. @returns when all of it is saved */
const everybodySends = (question: string, n: number): Promise<unknown> =>
  Promise.all(clients.map((client) => client.send(question, answer(n))));

/** Each cell of the grid, in words, beside what the API has of it. */
async function expectGridAsTold(): Promise<void> {
  let state: LabState = await api.state(lab.id);
  const grid = page.getByRole('grid');
  await expect
    .poll(async () => {
      state = await api.state(lab.id);
      const wrong: string[] = [];
      for (const { participant, question, last } of state.cells) {
        const name = state.participants.find(({ id }) => id === participant)?.name ?? '';
        const cell = grid.getByRole('gridcell', { name: `${name}, question ${question}:` });
        const words = (await cell.count()) === 1 ? await cell.textContent() : null;
        if (words?.includes(last.summary) !== true) wrong.push(`${name} ${question}: ${words ?? 'not there'}`);
      }
      return wrong;
    })
    .toEqual([]);
  expect(state.cells.length).toBeGreaterThan(0);
}

test('a killed server: the page says how old it is, dims, and catches up with what waited', async () => {
  await expectGridAsTold();
  // Whoever starts the server again sleeps: it may not be back before the page has to say something.
  process.kill(started.pid, 'SIGSTOP');
  let waiting: Promise<unknown>;
  try {
    killDescendant(started.pid, serverProcess);
    waiting = everybodySends('2', 1);
    await expect(page.getByText(lost)).toBeVisible({ timeout: 12_000 });
    await expect(page.locator('.frame.stale')).toHaveCount(1);
    await expect(live()).toBeHidden();
  } finally {
    process.kill(started.pid, 'SIGCONT');
  }
  // The line stays for 5 s, and the students may come back after the page.
  await Promise.all([expect(page.getByText(/^Caught up: /)).toBeVisible({ timeout: 60_000 }), waiting]);
  await expect(page.locator('.frame.stale')).toHaveCount(0);
  await expectGridAsTold();
});

test('a network that goes and comes back', async () => {
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  const offline = (is: boolean) =>
    session.send('Network.emulateNetworkConditions', {
      offline: is,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: -1,
    });
  await offline(true);
  await everybodySends('3', 2);
  await expect(page.getByText(lost)).toBeVisible({ timeout: 30_000 });
  await offline(false);
  await expect(page.getByText(/^Caught up: /)).toBeVisible({ timeout: 30_000 });
  await expectGridAsTold();
  await session.detach();
});

test('a laptop that slept: what came meanwhile is there when it wakes', async () => {
  const session = await context.newCDPSession(page);
  await session.send('Page.setWebLifecycleState', { state: 'frozen' });
  await everybodySends('4', 3);
  await session.send('Page.setWebLifecycleState', { state: 'active' });
  await expectGridAsTold();
  await expect(live()).toBeVisible();
  await session.detach();
});

test('a server with newer pages: the page says so once it is back, and a part that went with the update loads them', async () => {
  const updated = page.getByText('nbpulse was updated');
  // It was away three times, and is the same one.
  await expect(updated).toHaveCount(0);
  // Whoever asks for the pages hears of another build than the one that is shown.
  await page.route(`${started.server}/`, async (route) => {
    const response = await route.fetch();
    const text = (await response.text()).replace(/assets\/index-[\w-]+\.js/, 'assets/index-newer.js');
    await route.fulfill({ response, body: text });
  });
  await context.setOffline(true);
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await expect(page.getByText(lost)).toBeVisible({ timeout: 30_000 });
  await context.setOffline(false);
  await expect(updated).toBeVisible({ timeout: 30_000 });
  await expect(live()).toBeVisible();
  await page.getByRole('button', { name: 'Load the page again' }).click();
  await expect(live()).toBeVisible();
  await expect(updated).toHaveCount(0);

  let gone = 0;
  await page.route(/\/assets\/grades-page-[\w-]+\.js/, (route) =>
    gone++ === 0 ? route.fulfill({ status: 404 }) : route.continue(),
  );
  await page.getByRole('link', { name: 'Grades' }).click();
  await expect(page.getByRole('heading', { name: 'Grades' })).toBeVisible();
  expect(gone).toBeGreaterThan(1);

  // Neither the server nor a newer page: it says so in the place of that part, and the frame stays.
  await page.unrouteAll();
  await page.route(/\/assets\/records-page-[\w-]+\.js/, (route) => route.abort());
  await page.getByRole('link', { name: 'Records' }).click();
  await expect(page.getByRole('heading', { name: 'This page could not be loaded' })).toBeVisible();
  await expect(live()).toBeVisible();
  await page.unrouteAll();
  await page.goto(`${started.server}/labs/${lab.id}`);
});

test('a session that ended while the server was away leads to the sign-in, and from there back to the same page', async ({
  browser,
}) => {
  const elsewhere = await browser.newContext();
  const other = new TeacherApi(elsewhere.request, started.server);
  await other.signIn();
  await expect(live()).toBeVisible();
  await everybodySends('5', 4);
  // On another device the teacher ends every session but that one; the server is gone before it tells this page.
  process.kill(started.pid, 'SIGSTOP');
  try {
    await other.endOtherSessions();
    killDescendant(started.pid, serverProcess);
    await expect(page.getByText(lost)).toBeVisible({ timeout: 12_000 });
  } finally {
    process.kill(started.pid, 'SIGCONT');
  }
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('grid')).toHaveCount(0);
  await page.getByLabel('E-mail').fill(teacher.email);
  await page.getByLabel('Password').fill(teacher.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(live()).toBeVisible();
  expect(new URL(page.url()).pathname).toBe(`/labs/${lab.id}`);
  await expectGridAsTold();
  await elsewhere.close();
});
