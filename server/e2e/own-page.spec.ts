/**
 * What is stored about a student, as the two who care see it: the student on `/me`, opened by a one-time link and on a phone, the
 * teacher on the class page, which is never loaded anew. Then a lab's settings, and a person who is erased.
 */
import { readFileSync } from 'node:fs';
import { expect, test, type Browser, type Page } from '@playwright/test';
import { defaultLabSettings, labView, meView, myPageLink, type LabListItem } from '@nbpulse/schema/wire';
import { code, error, int, scatter, text } from '../simulator/encode.js';
import { labScript } from '../simulator/lab-script.js';
import { join, ParticipantClient } from '../simulator/participant-client.js';
import { notebook } from '../simulator/student.js';
import { startNbpulse, type Started } from './started.js';
import { TeacherApi } from './teacher-api.js';

test.describe.configure({ mode: 'serial' });

const name = 'Ada Lovelace';
let started: Started;
let lab: LabListItem;
let teacherPage: Page;
let api: TeacherApi;
let own: Page;
let ada: ParticipantClient;
/** Scripts that the student's page has loaded. */
const scripts: string[] = [];

async function newPage(browser: Browser, width: number, height: number): Promise<Page> {
  return (await browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce' })).newPage();
}
async function asAda(method: 'GET' | 'POST', path: string): Promise<unknown> {
  const reply = await fetch(`${started.server}/api/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${ada.me.token}` },
  });
  expect(reply.ok, `${path}: ${reply.status}`).toBe(true);
  return reply.json();
}
const freshLink = async (): Promise<string> => myPageLink.parse(await asAda('POST', 'me/page')).url;

test.beforeAll(async ({ browser }) => {
  test.setTimeout(360_000);
  started = await startNbpulse({ notebook: false, args: ['--no-grading'] });
  teacherPage = await newPage(browser, 1440, 900);
  own = await newPage(browser, 390, 844);
  own.on('request', (request) => {
    if (request.resourceType() === 'script') scripts.push(new URL(request.url()).pathname);
  });
  api = new TeacherApi(teacherPage.request, started.server);
  await api.signInByLink(started);
  lab = (await api.labs()).find((one) => one.name === 'Hello send')!;
  const me = await join({ server: started.server, code: lab.joinCode, name });
  ada = new ParticipantClient(started.server, me);
  await ada.opened();
  await ada.send('1', text('first thought'));
  await ada.send('1', int(42));
  await ada.send('2', error('NameError', "name 'X' is not defined", 'X.shape'));
  await ada.send('3', scatter([[0.2, 0.3, [52, 80, 200]]]));
  await ada.send('4', { t: 'rich', cls: 'Widget', mime: 'text/html', data: { v: '<b id="mine">a bold word</b>' } });
  await ada.send('6', code('double', 'def double(x):\n    return 2 * x\n'));
  await ada.checkpoint(notebook(name, labScript, '4'));
  await ada.submit('primes-and-rivers', notebook(name, labScript, '2'));
  await teacherPage.goto(`${started.server}/labs/${lab.id}`);
  await expect(teacherPage.getByRole('link', { name })).toBeVisible();
});
test.afterAll(async () => {
  ada.close();
  await teacherPage.context().close();
  await own.context().close();
  await started.stop();
});

const question = (key: string) => own.locator('.me-question').filter({ has: own.locator('.qk', { hasText: key }) });
async function unfold(key: string): Promise<void> {
  if ((await question(key).getAttribute('aria-expanded')) === 'false') await question(key).click();
  await expect(own.getByRole('list', { name: `Records of ${key}, newest first` })).toBeVisible();
}

test('a link opens the student’s page once; its code leaves the address bar, and none of staff’s pages is loaded', async () => {
  const link = await freshLink();
  await own.goto(link);
  await expect(own.getByRole('heading', { name: 'What is stored about me' })).toBeVisible();
  await expect(own.getByText('6 records of 5 questions, 1 checkpoint and 1 submission')).toBeVisible();
  expect(own.url()).toBe(`${started.server}/me`);
  expect(scripts.some((path) => path.includes('me-app'))).toBe(true);
  expect(scripts.filter((path) => /\/(app|question-page|student-page|grades-page)-/.test(path))).toEqual([]);
  // The same link in another browser is used up, and says what to do instead.
  const other = await own.context().browser()!.newPage();
  await other.goto(link);
  await expect(other.getByRole('alert')).toContainText('was used already');
  await expect(other.getByLabel('Your return code')).toBeVisible();
  await other.close();
  // A reload of this tab stays in.
  await own.reload();
  await expect(own.getByText('6 records of 5 questions')).toBeVisible();
});

test('everything that was recorded is there, drawn as staff see it', async () => {
  await unfold('1');
  const records = own.getByRole('list', { name: 'Records of 1, newest first' }).getByRole('listitem');
  await expect(records).toHaveCount(2);
  await expect(records.first()).toContainText('42');
  await expect(records.last()).toContainText('first thought');
  await unfold('2');
  await expect(own.getByText(/NameError: name 'X' is not defined/).first()).toBeVisible();
  await unfold('3');
  await expect(own.locator('.me-record img')).toHaveJSProperty('naturalWidth', 480);
  await unfold('4');
  await expect(own.frameLocator('iframe.value-rich').locator('#mine')).toHaveText('a bold word');
  await unfold('6');
  await expect(own.getByText('def double(x):').first()).toBeVisible();
  await own.getByRole('button', { name: /^Open: Checkpoint/ }).click();
  await expect(own.getByRole('dialog').getByText(labScript[0]!.title).first()).toBeVisible();
  await own.keyboard.press('Escape');
  await expect(own.getByText(/S-[0-9A-Z]{6}/).first()).toBeVisible();
  await expect(own.getByText('Nothing else: not what you type, not which cells you run.')).toBeVisible();
  await expect(own.getByRole('button', { name: /Delete the record/ })).toHaveCount(0);
});

test('sending off shows on the teacher’s open page, on again, too', async () => {
  const row = teacherPage.getByRole('row', { name: new RegExp(name) });
  await own.getByRole('switch', { name: 'Send to my teacher' }).click();
  await expect(own.getByRole('switch')).not.toBeChecked();
  await expect(row.getByRole('img', { name: 'sending off' })).toBeVisible();
  await expect(teacherPage.getByText('1 student has switched sending off')).toBeVisible();
  expect(meView.parse(await asAda('GET', 'me')).sending).toBe(false);
  await own.getByRole('switch').click();
  await expect(own.getByRole('switch')).toBeChecked();
  await expect(row.getByRole('img', { name: 'sending off' })).toHaveCount(0);
});

test('a teacher changes the settings; the other open pages follow', async ({ browser }) => {
  const colleague = await (
    await browser.newContext({ storageState: await teacherPage.context().storageState() })
  ).newPage();
  await colleague.goto(`${started.server}/labs/${lab.id}`);
  await expect(colleague.getByText(/an error that was sent/).first()).toBeVisible();
  await teacherPage.getByRole('button', { name: 'The lab is open' }).click();
  await teacherPage.getByRole('menuitem', { name: 'Settings…' }).click();
  const dialog = teacherPage.getByRole('dialog');
  await expect(dialog.getByText(/not your code/)).toBeVisible();
  await dialog.getByLabel('Collect passive activity').check();
  await dialog.getByLabel('Students may delete their own records').check();
  await dialog.getByLabel('Parts of the lab').fill('A\nA');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByText(/“A” is named twice/)).toBeVisible();
  await dialog.getByLabel('Parts of the lab').fill('A\nB');
  await dialog.getByLabel('Months after closing').fill('3');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(colleague.getByText(/This lab collects passive activity/)).toBeVisible();
  await colleague.context().close();
  // The student is told, without asking for the page again.
  await expect(own.getByText(/This lab also collects passive activity/)).toBeVisible();
  await expect(own.getByText(/^3 months after the lab closes/)).toBeVisible();
  const { lab: now } = await api.state(lab.id);
  expect(now.settings).toEqual({ ...defaultLabSettings, activity: true, mayDelete: true, parts: ['A', 'B'] });
  expect(now.retentionMonths).toBe(3);
});

test('a student deletes a record where the lab allows it; its content leaves the teacher’s open page', async () => {
  await teacherPage.goto(`${started.server}/labs/${lab.id}/questions/1`);
  await expect(teacherPage.getByText('42').first()).toBeVisible();
  await unfold('1');
  await own
    .getByRole('button', { name: /Delete the record/ })
    .first()
    .click();
  await own.getByRole('dialog').getByRole('button', { name: 'Keep' }).click();
  await own
    .getByRole('button', { name: /Delete the record/ })
    .first()
    .click();
  await own.getByRole('dialog').getByRole('button', { name: 'Delete for good' }).click();
  const records = own.getByRole('list', { name: 'Records of 1, newest first' }).getByRole('listitem');
  await expect(records.first()).toContainText('Deleted. That something was sent then is all that is left.');
  await expect(records.first()).not.toContainText('42');
  await expect(question('1')).toContainText('1 record, 1 deleted');
  await expect(teacherPage.locator('main').getByText('first thought').first()).toBeVisible();
  await expect(teacherPage.locator('main').getByText('42', { exact: true })).toHaveCount(0);
  expect((await api.records(lab.id, name, '1')).map(({ summary, deleted }) => [summary, deleted])).toEqual([
    ['first thought', false],
    ['', true],
  ]);
});

test('everything comes as a zip', async () => {
  const [download] = await Promise.all([
    own.waitForEvent('download'),
    own.getByRole('button', { name: 'Download everything' }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/\.zip$/);
  const bytes = readFileSync(await download.path());
  expect(bytes.subarray(0, 4)).toEqual(Buffer.from('PK\u0003\u0004'));
  const names = bytes.toString('latin1');
  for (const entry of ['README.txt', 'me.json', 'records.json', '.ipynb', '.png']) expect(names).toContain(entry);
});

test('leaving ends the token; the codes come back in, and no other way', async () => {
  const { returnCode } = meView.parse(await asAda('GET', 'me'));
  const token = await own.evaluate(() => sessionStorage.getItem('nbpulse-own-page'));
  await own.getByRole('button', { name: 'Leave this browser…' }).click();
  await own.getByRole('dialog').getByRole('button', { name: 'Leave' }).click();
  await expect(own.getByText('You have left. Nothing of you is in this browser.')).toBeVisible();
  expect(
    await own.evaluate(() => JSON.stringify([Object.entries(sessionStorage), Object.entries(localStorage)])),
  ).not.toContain(token!);
  const answer = await fetch(`${started.server}/api/v1/me`, { headers: { authorization: `Bearer ${token!}` } });
  expect(answer.status).toBe(401);
  await own.getByRole('button', { name: 'Show what is stored' }).click();
  await expect(own.getByText(/Type your return code/)).toBeVisible();
  await own.getByLabel('Join code of the lab').fill(lab.joinCode);
  await own.getByLabel('Your name').fill(name);
  await own.getByLabel('Your return code').fill('AAAA-AAAA');
  await own.keyboard.press('Enter');
  await expect(own.getByText('This return code is not right.', { exact: false })).toBeVisible();
  await own.getByLabel('Your return code').fill(returnCode.toLowerCase());
  await own.keyboard.press('Enter');
  await expect(own.getByRole('switch')).toBeVisible();
  const { participants } = await api.state(lab.id);
  expect(participants).toHaveLength(1); // coming back makes no second Ada
});

test('a teacher erases a person, after typing the name; both open pages say so', async () => {
  const { participants } = await api.state(lab.id);
  await teacherPage.goto(`${started.server}/labs/${lab.id}/students/${participants[0]!.id}`);
  await teacherPage.getByRole('button', { name: 'Erase this person…' }).click();
  const dialog = teacherPage.getByRole('dialog');
  const erase = dialog.getByRole('button', { name: 'Erase for good' });
  await expect(dialog.getByText(/This cannot be undone/)).toBeVisible();
  await expect(erase).toBeDisabled();
  await dialog.getByLabel(/Type the name/).fill('ada lovelace');
  await erase.click();
  await expect(teacherPage.getByText(/Everything about this student was erased on/)).toBeVisible();
  await expect(dialog).toHaveCount(0);
  await teacherPage.getByRole('button', { name: 'To the class' }).click();
  await expect(teacherPage.getByRole('link', { name })).toHaveCount(0);
  await expect(own.getByText(/erased/).first()).toBeVisible({ timeout: 30_000 });
  await expect(own.getByText('42')).toHaveCount(0);
  const left = JSON.stringify(await api.state(lab.id));
  expect(left).not.toContain(name);
  expect(left).not.toContain('first thought');
});

test('a page without its server says that it may be old; a deleted lab says that nothing is stored', async ({
  browser,
}) => {
  const headers = { origin: started.server };
  const made = await teacherPage.request.post(`${started.server}/api/v1/courses/${lab.course}/labs`, {
    headers,
    data: { name: 'Short-lived', questions: [] },
  });
  const short = labView.parse(await made.json());
  const path = `${started.server}/api/v1/labs/${short.id}`;
  await teacherPage.request.patch(path, { headers, data: { status: 'open' } });
  const { token } = await join({ server: started.server, code: short.joinCode, name: 'Emmy Noether' });
  const page = await newPage(browser, 1280, 900);
  await page.goto(`${started.server}/me`);
  await page.evaluate((kept) => sessionStorage.setItem('nbpulse-own-page', kept), token);
  await page.reload();
  await expect(page.getByText(/None yet\./)).toBeVisible();
  await page.context().setOffline(true);
  await expect(page.getByText(/Not up to date: The server does not answer/).first()).toBeVisible();
  await page.context().setOffline(false);
  await expect(page.getByText(/Not up to date/)).toHaveCount(0);
  await teacherPage.request.delete(path, { headers, data: { joinCode: short.joinCode } });
  await expect(page.getByRole('heading', { name: 'Nothing is stored any more' })).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('Join code of the lab')).toBeVisible();
  await page.context().close();
});
