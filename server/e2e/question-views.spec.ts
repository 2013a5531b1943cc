/** The question page in Chromium: what was sent is in its view, the band re-judges by keyboard, the wall is walked by keys. */
import { expect, test, type Page } from '@playwright/test';
import { z } from 'zod';
import { array, float, frame, int, scatter, text } from '../simulator/encode.js';
import { studentName } from '../simulator/mathematicians.js';
import { join, ParticipantClient } from '../simulator/participant-client.js';
import { startNbpulse, type Started } from './started.js';
import { TeacherApi } from './teacher-api.js';

let started: Started;
let page: Page;
let lab: string;
const clients: ParticipantClient[] = [];

const numbers = [0.553, 0.553, 0.541, 0.568, 0.312, 0.312];
const red = [196, 62, 8] as const;
const blue = [52, 80, 200] as const;
const pictures = [scatter([[0.2, 0.3, red]]), scatter([[0.7, 0.6, blue]]), scatter([[0.2, 0.3, red]])];

test.beforeAll(async ({ browser }) => {
  test.setTimeout(360_000);
  started = await startNbpulse({ notebook: false, args: ['--no-grading'] });
  page = await (
    await browser.newContext({ reducedMotion: 'reduce', viewport: { width: 1440, height: 900 } })
  ).newPage();
  const api = new TeacherApi(page.request, started.server);
  await api.signInByLink(started);
  const course = (await api.labs())[0]!.course;
  const post = (path: string, data: unknown) =>
    page.request.post(`${started.server}/api/v1/${path}`, { headers: { origin: started.server }, data });
  const made = await post(`courses/${course}/labs`, { name: 'Views', questions: [{ key: 'nobody' }] });
  const opened = z.object({ id: z.string(), joinCode: z.string() }).parse(await made.json());
  lab = opened.id;
  await page.request.patch(`${started.server}/api/v1/labs/${lab}`, {
    headers: { origin: started.server },
    data: { status: 'open' },
  });
  for (const [index, n] of numbers.entries()) {
    const name = studentName(index);
    const me = await join({ server: started.server, code: opened.joinCode, name });
    const client = new ParticipantClient(started.server, me);
    clients.push(client);
    await client.opened();
    await client.send('number', float(n));
    const picture = pictures[index];
    if (picture) await client.send('picture', picture);
    if (index < 3) await client.send('table', array([2, 2], index === 2 ? [1, 2, 3, 5] : [1, 2, 3, 4]));
    await client.send(
      'mixed',
      [int(4), text('four'), frame({ city: ['Lima'] }), { t: 'float', v: 'nan' } as const][index % 4]!,
    );
  }
});
test.afterAll(async () => {
  for (const client of clients) client.close();
  await page.context().close();
  await started.stop();
});
const open = (question: string) => page.goto(`${started.server}/labs/${lab}/questions/${question}`);

test('the band is widened by keyboard, and the counts follow before anything is saved', async () => {
  await open('number');
  await expect(page.getByRole('button', { name: /^0\.312: 2 students, answered/ })).toBeVisible();
  await page
    .getByRole('textbox', { name: /expected/i })
    .first()
    .fill('0.553');
  await expect(page.getByRole('button', { name: /^0\.553: 2 students, right/ })).toBeVisible();
  await expect(page.getByRole('button', { name: /^0\.541: 1 student, wrong/ })).toBeVisible();
  const end = page.getByRole('slider', { name: 'Tolerance, upper end' });
  await end.focus();
  for (let press = 0; press < 3; press++) await page.keyboard.press('PageUp');
  await expect(page.getByRole('button', { name: /^0\.541: 1 student, right/ })).toBeVisible();
  await expect(page.getByRole('button', { name: /^0\.312: 2 students, wrong/ })).toBeVisible();
  await page.keyboard.press('Home');
  await expect(end).toHaveAttribute('aria-valuenow', '0');
});

test('arrows walk the stacks, and each says who they are', async () => {
  await open('number');
  const first = page.getByRole('button', { name: /^0\.312: 2 students/ });
  await first.focus();
  await page.keyboard.press('End');
  await expect(page.getByRole('button', { name: /^0\.568: 1 student/ })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(
    page.getByRole('group', { name: 'Who sent 0.568' }).getByRole('link', { name: studentName(3) }),
  ).toBeVisible();
});

test('a table says what sets it apart, and stands beside the commonest', async () => {
  await open('table');
  await expect(page.getByText('Row 1, column 1 is 5 instead of 4.')).toBeVisible();
  await page.getByRole('button', { name: /^Side by side/ }).click();
  await expect(page.getByRole('dialog').getByText('The commonest answer')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('pictures are walked, picked and opened by keys', async () => {
  await open('picture');
  const alike = page.getByRole('button', { name: /^2 alike: / });
  const single = page.getByRole('button', { name: new RegExp(`^${studentName(1)}; .*opens it large`) });
  await alike.focus();
  await page.keyboard.press('ArrowRight');
  await expect(single).toBeFocused();
  await page.keyboard.press('Space');
  await expect(single).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: '2 of 2 pictures' });
  await expect(dialog.getByRole('img', { name: new RegExp(studentName(1)) })).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('dialog', { name: '1 of 2 pictures' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('mixed kinds have a section each; a name is found; brackets walk the questions', async () => {
  await open('mixed');
  for (const name of ['Numbers', 'Text', 'Tables and arrays'])
    await expect(page.getByRole('region', { name, exact: true })).toBeVisible();
  await page.locator('main').focus();
  await page.keyboard.press('/');
  await page.keyboard.type(studentName(1).split(' ')[1]!.toLowerCase());
  await expect(page.getByRole('region', { name: 'Tables and arrays' })).toHaveCount(0);
  await expect(page.getByRole('region', { name: 'Text', exact: true })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('region', { name: 'Tables and arrays' })).toBeVisible();
  await open('nobody');
  await expect(page.getByText('Nobody has sent nobody yet')).toBeVisible();
  await page.keyboard.press(']');
  await expect(page).toHaveURL(/questions\/(?!nobody)/);
});
