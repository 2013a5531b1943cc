/** The expected answer, typed while the class works: judged before it is saved, saved by Enter, undone, and never seen by a student. */
import { expect, test, type Page } from '@playwright/test';
import { labView } from '@nbpulse/schema/wire';
import { float, text } from '../simulator/encode.js';
import { join, ParticipantClient } from '../simulator/participant-client.js';
import { startNbpulse, type Started } from './started.js';
import { TeacherApi } from './teacher-api.js';

let started: Started;
let page: Page;
let lab: string;
const clients: ParticipantClient[] = [];
const sent = [0.553, 0.553, 0.54, 0.571, 0.574, 0.312, 0.312];

test.beforeAll(async ({ browser }) => {
  test.setTimeout(360_000);
  started = await startNbpulse({ notebook: false, args: ['--no-grading'] });
  page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  const api = new TeacherApi(page.request, started.server);
  await api.signInByLink(started);
  const hello = (await api.labs()).find(({ name }) => name === 'Hello send')!;
  lab = labView.parse(hello).id;
  for (const [at, value] of sent.entries()) {
    const name = `Student ${String(at + 1)}`;
    const client = new ParticipantClient(
      started.server,
      await join({ server: started.server, code: hello.joinCode, name }),
    );
    clients.push(client);
    await client.opened();
    await client.send('5', float(value));
    await client.send('6', text(at < 4 ? 'post code' : 'age'));
  }
});
test.afterAll(async () => {
  for (const client of clients) client.close();
  await page.context().close();
  await started.stop();
});

const bar = () => page.getByRole('form', { name: /Expected answer/ });
const says = () => bar().getByRole('status');
const standing = () => page.getByRole('list', { name: 'How the class stands' });

test('judges while one types, before it is saved; saves by Enter; is undone', async () => {
  await page.goto(`${started.server}/labs/${lab}/questions/5`);
  await bar().getByLabel('Expected', { exact: true }).fill('0.553');
  await expect(says()).toContainText(/2 right\s+5 wrong\s+not saved/);
  await bar().getByLabel('Tolerance').fill('0.02');
  await expect(says()).toContainText(/4 right\s+3 wrong\s+not saved/);
  await expect(standing()).not.toContainText('right');
  await page.keyboard.press('Enter');
  const toast = page.getByText('Saved, all records judged. 4 right, 3 wrong.');
  // It stays while the pointer is on it.
  await toast.hover();
  await expect(standing()).toContainText('4 right');
  await clients[6]!.send('5', float(0.56));
  await expect(standing()).toContainText('5 right');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(standing()).not.toContainText('right');
  await expect(bar().getByLabel('Expected', { exact: true })).toHaveValue('');
});

test('takes patterns and expressions, says what is wrong with them, and is left by Escape', async () => {
  await page.goto(`${started.server}/labs/${lab}/questions/6`);
  await bar()
    .getByRole('button', { name: /Kind of expected answer/ })
    .click();
  await page.getByRole('menuitemradio', { name: 'pattern' }).click();
  await bar().getByLabel('Expected', { exact: true }).fill('post ?(code');
  await expect(says()).toContainText('wrong at character 12: missing closing )');
  await expect(bar().getByRole('button', { name: 'Save' })).toBeDisabled();
  await bar().getByLabel('Expected', { exact: true }).fill('post ?codes?');
  await expect(says()).toContainText(/4 right\s+3 wrong/);
  await page.keyboard.press('Escape');
  await expect(bar().getByLabel('Expected', { exact: true })).toHaveValue('');
  await bar()
    .getByRole('button', { name: /Kind of expected answer/ })
    .click();
  await page.getByRole('menuitemradio', { name: 'expression' }).click();
  await bar().getByLabel('Expected', { exact: true }).fill('len(x) == 3');
  await page.keyboard.press('Enter');
  await expect(standing()).toContainText('3 right');
  await bar().getByRole('button', { name: 'Clear' }).click();
  await expect(standing()).not.toContainText('right');
});
