/**
 * The table of everything that was sent: found by filters that stand in the address, live while nothing moves under the hand, hidden and
 * deleted with Undo; what is deleted for good is gone from the student's own page, too.
 */
import { expect, test, type Page } from '@playwright/test';
import { code, error, int, text } from '../simulator/encode.js';
import { join, ParticipantClient } from '../simulator/participant-client.js';
import { startNbpulse, type Started } from './started.js';
import { TeacherApi } from './teacher-api.js';

let started: Started;
let page: Page;
let lab: string;
let ada: ParticipantClient;
let bob: ParticipantClient;

test.beforeAll(async ({ browser }) => {
  test.setTimeout(360_000);
  started = await startNbpulse({ notebook: false, args: ['--no-grading'] });
  page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  const api = new TeacherApi(page.request, started.server);
  await api.signInByLink(started);
  const hello = (await api.labs()).find(({ name }) => name === 'Hello send')!;
  lab = hello.id;
  const enter = async (name: string) => {
    const client = new ParticipantClient(
      started.server,
      await join({ server: started.server, code: hello.joinCode, name }),
    );
    await client.opened();
    return client;
  };
  [ada, bob] = [await enter('Ada Lovelace'), await enter('Bob Stone')];
  for (let n = 1; n <= 40; n++) await (n % 2 === 0 ? ada : bob).send('warm-up', int(n));
  await ada.send('2', text('the secret postcode'));
  await bob.send('2', error('IndexError', 'index 4 is out of bounds', 'd[i]'));
  await ada.send('3', code('f', 'def f(x):\n    return KMeans(x)\n'));
});
test.afterAll(async () => {
  for (const client of [ada, bob]) client.close();
  await page.context().close();
  await started.stop();
});

const grid = () => page.getByRole('grid', { name: 'Records, newest first' });
const row = (name: RegExp) => grid().getByRole('row', { name });

test('finds records by filters together, which survive a reload', async () => {
  await page.goto(`${started.server}/labs/${lab}`);
  await expect(page.getByRole('row', { name: /Ada Lovelace/ })).toBeVisible();
  await page.keyboard.press('g');
  await page.keyboard.press('r');
  await expect(row(/IndexError/)).toBeVisible();
  await expect(page.getByText('43 records')).toBeVisible();
  await page.getByLabel('Answer contains').fill('kmeans');
  await expect(page.getByText('1 record', { exact: true })).toBeVisible();
  await page.getByLabel('Answer contains').fill('SECRET');
  await page.getByLabel('Question', { exact: true }).selectOption('2');
  await page.getByLabel('Student', { exact: true }).selectOption('Ada Lovelace');
  await expect(row(/secret postcode/)).toBeVisible();
  await expect(page.getByText('1 record', { exact: true })).toBeVisible();
  await page.reload();
  await expect(row(/secret postcode/)).toBeVisible();
  await expect(page.getByLabel('Answer contains')).toHaveValue('SECRET');
  await page.getByLabel('Answer contains').fill('no such words');
  await expect(page.getByText('No record fits these filters')).toBeVisible();
  await page.getByRole('button', { name: 'Clear filters' }).first().click();
  await expect(page.getByText('43 records')).toBeVisible();
  expect(new URL(page.url()).search).toBe('');
});

test('takes in what arrives, and lets it wait while a row has the focus', async () => {
  await page.mouse.move(5, 5);
  await ada.send('4', text('arrives by itself'));
  await expect(row(/arrives by itself/)).toBeVisible();
  await row(/arrives by itself/).focus();
  await bob.send('4', text('waits its turn'));
  const waiting = page.getByRole('button', { name: '1 new' });
  await expect(waiting).toBeVisible();
  await expect(row(/waits its turn/)).toHaveCount(0);
  await waiting.click();
  await expect(row(/waits its turn/)).toBeVisible();
});

test('hides and deletes by keys and buttons, with undo', async () => {
  await page.mouse.move(5, 5);
  await row(/waits its turn/).focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Shift+ArrowDown');
  await expect(page.getByText('2 records picked')).toBeVisible();
  await page.keyboard.press('h');
  await expect(page.getByText('2 records are hidden.')).toBeVisible();
  await expect(row(/waits its turn/)).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(row(/waits its turn/)).toBeVisible();

  await row(/secret postcode/).click();
  await page.getByRole('button', { name: 'Hide' }).click();
  await expect(row(/secret postcode/)).toHaveCount(0);
  await page.getByRole('button', { name: 'Show hidden' }).click();
  await row(/secret postcode/).click();
  await page.getByRole('button', { name: 'Show again' }).click();
  await page.getByRole('button', { name: 'Clear filters' }).first().click();
  await expect(row(/secret postcode/)).toBeVisible();

  await row(/secret postcode/).click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(row(/secret postcode/)).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(row(/secret postcode/)).toBeVisible();
});

test('opens a record large, and gives files to take home', async () => {
  await row(/KMeans|def f/).dblclick();
  await expect(page.getByRole('dialog').getByText('KMeans')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.getByRole('button', { name: 'Export' }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'Records, CSV' }).click();
  expect((await download).suggestedFilename()).toMatch(/^Hello send \d{4}-\d\d-\d\d records\.csv$/);
});

test('what is deleted for good is gone from the student’s own page, too', async ({ browser }) => {
  const own = await (await browser.newContext()).newPage();
  await own.goto(`${started.server}/me`);
  await own.evaluate((token) => sessionStorage.setItem('nbpulse-own-page', token), ada.me.token);
  const read = async (): Promise<string> => {
    const reply = await own.request.get(`${started.server}/api/v1/me/records`, {
      headers: { authorization: `Bearer ${ada.me.token}` },
    });
    return reply.text();
  };
  expect(await read()).toContain('the secret postcode');
  await row(/secret postcode/).click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(page.getByText('1 record is deleted.')).toBeVisible();
  // Ten seconds in which it could be undone.
  await expect.poll(read, { timeout: 20_000 }).not.toContain('the secret postcode');
  await own.reload();
  await own.locator('.me-question', { hasText: '2' }).first().click();
  await expect(own.getByText(/deleted/i).first()).toBeVisible();
  await expect(own.getByText('the secret postcode')).toHaveCount(0);
  await own.context().close();
});
