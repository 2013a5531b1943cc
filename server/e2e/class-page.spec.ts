/** What a teacher does on the class page: anonymise, plan, fold, follow verdicts and alerts. A real server, students over its API. */
import { expect, test, type Page } from '@playwright/test';
import type { LabListItem } from '@nbpulse/schema/wire';
import { error, int } from '../simulator/encode.js';
import { join, ParticipantClient } from '../simulator/participant-client.js';
import { startNbpulse, type Started } from './started.js';
import { TeacherApi } from './teacher-api.js';

const names = ['Ada Lovelace', 'Emmy Noether', 'Kurt Gödel', 'Sofya Kovalevskaya', 'Alan Turing'];

test.describe.serial('the class page', () => {
  let started: Started;
  let page: Page;
  let api: TeacherApi;
  let lab: LabListItem;
  const students: ParticipantClient[] = [];
  const change = async (method: 'put' | 'patch', path: string, data: unknown): Promise<void> => {
    const reply = await page.request[method](`${started.server}/api/v1/labs/${lab.id}${path}`, {
      headers: { origin: started.server },
      data,
    });
    expect(reply.ok(), await reply.text()).toBe(true);
  };
  const cell = (who: string, question: string) =>
    page.getByRole('gridcell', { name: new RegExp(`^${who}, question ${question}:`) });

  test.beforeAll(async ({ browser }) => {
    test.setTimeout(300_000);
    started = await startNbpulse({ args: ['--no-grading'], notebook: false });
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    api = new TeacherApi(page.request, started.server);
    await api.signInByLink(started);
    const found = (await api.labs()).find(({ name }) => name === 'Hello send');
    if (!found) throw new Error('there is no lab “Hello send”');
    lab = found;
    for (const name of names) {
      const me = await join({ server: started.server, code: lab.joinCode, name });
      const client = new ParticipantClient(started.server, me);
      await client.opened();
      students.push(client);
    }
    await Promise.all(students.map((one, index) => one.send('s1', int(index < 3 ? 42 : 7))));
    await students[0]?.send('s2.b', int(1));
    await page.goto(`${started.server}/labs/${lab.id}`);
    await expect(cell('Ada Lovelace', 's1')).toBeVisible();
  });
  test.afterAll(async () => {
    for (const one of students) one.close();
    await started.stop();
  });

  test('shows verdicts as soon as an expected answer is set', async () => {
    await expect(cell('Ada Lovelace', 's1')).toHaveText(/answered/);
    await change('put', '/questions/s1/expected', { answer: { kind: 'value', value: int(42) } });
    await expect(cell('Ada Lovelace', 's1')).toHaveText(/: right/);
    await expect(cell('Alan Turing', 's1')).toHaveText(/: wrong/);
    await students[4]?.send('s1', int(42));
    await expect(cell('Alan Turing', 's1')).toHaveText(/: right, 2 records/);
  });

  test('folds sub-steps without an order, and opens them', async () => {
    await students[1]?.send('s2.a', int(1));
    await expect(cell('Ada Lovelace', 's2')).toHaveText(/1 of 2 answered/);
    await page.getByRole('button', { name: /^s2:?/ }).click();
    await expect(cell('Emmy Noether', 's2.a')).toHaveText(/answered/);
    await page.reload();
    await expect(cell('Emmy Noether', 's2.a')).toBeVisible();
    await page.getByRole('button', { name: 'Fold the parts of s2' }).click();
    await expect(cell('Ada Lovelace', 's2')).toBeVisible();
  });

  test('has a plan, by keyboard', async () => {
    await page.getByRole('button', { name: 'Plan…' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Plan' });
    await dialog.getByLabel('Minutes for s1', { exact: true }).fill('soon');
    await dialog.getByRole('button', { name: 'Save the plan' }).press('Enter');
    await expect(dialog.getByRole('alert')).toContainText('whole number');
    await dialog.getByLabel('Minutes for s1', { exact: true }).fill('600');
    await dialog.getByLabel('Minutes for s1', { exact: true }).press('Enter');
    await expect(dialog).toBeHidden();
    await expect(page.getByText('plan by now')).toBeVisible();
    expect((await api.state(lab.id)).questions.find(({ key }) => key === 's1')?.targetMinutes).toBe(600);
  });

  test('tells of the same error with many, once, and stops by itself', async () => {
    await change('patch', '', {
      settings: {
        alerts: {
          sameError: { on: true, students: 3, minutes: 5 },
          behind: { on: false, share: 0.5, minutes: 5 },
          silence: { on: false, minutes: 10 },
        },
      },
    });
    const alert = page.getByText(/3 of \d+ have the same KeyError on s3/);
    for (const one of students.slice(0, 3)) await one.send('s3', error('KeyError', 'age', "frame['age']"));
    await expect(alert).toBeVisible({ timeout: 15_000 });
    await students[0]?.send('s3', int(3));
    await expect(alert).toBeHidden({ timeout: 15_000 });
    await students[0]?.send('s3', error('KeyError', 'age', "frame['age']"));
    await expect(alert).toBeVisible({ timeout: 15_000 });
    await page.getByRole('button', { name: /^Dismiss: 3 of/ }).click();
    await expect(alert).toBeHidden();
    await page.reload();
    await expect(page.getByRole('heading', { name: /Shared mistakes/ })).toBeVisible();
    await expect(alert).toBeHidden();
  });

  test('finds by name and filters by the state of a question', async () => {
    await page.keyboard.press('/');
    await page.getByRole('searchbox', { name: 'Find a student' }).fill('noether');
    await expect(page.getByText(/^1 of \d+ shown/)).toBeVisible();
    await page.getByRole('searchbox', { name: 'Find a student' }).fill('');
    await page.getByLabel('Question', { exact: true }).selectOption('s1');
    await page.getByLabel('is', { exact: true }).selectOption('wrong');
    await expect(page.getByText(/^1 of \d+ shown/)).toBeVisible();
    await expect(cell('Sofya Kovalevskaya', 's1')).toBeVisible();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByRole('button', { name: 'Close the search' }).click();
    await expect(cell('Ada Lovelace', 's1')).toBeVisible();
  });

  test('anonymises every page below the lab, also after a reload', async () => {
    await page.keyboard.press('a');
    await expect(page.getByRole('rowheader', { name: 'Student 01' })).toBeVisible();
    const { participants } = await api.state(lab.id);
    const shown = async (path: string, ready: () => Promise<void>): Promise<void> => {
      await page.goto(`${started.server}/labs/${lab.id}${path}`);
      await ready();
      const everything = `${await page.title()} ${await page.content()}`;
      for (const name of names) expect(everything, `${name} on ${path}`).not.toContain(name);
    };
    const heading = (name: RegExp) => () => expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
    await shown('', () => expect(page.getByRole('rowheader', { name: 'Student 01' })).toBeVisible());
    await shown('/students', () => expect(page.getByRole('link', { name: 'Student 01' })).toBeVisible());
    await shown(`/students/${participants.find(({ name }) => name === names[0])?.id ?? ''}`, heading(/Student \d\d/));
    await shown('/questions/s1', heading(/s1/));
    await shown('/grades', heading(/Grades/));
    await page.goto(`${started.server}/labs/${lab.id}`);
    await page.getByRole('button', { name: 'Anonymise' }).click();
    await expect(cell('Ada Lovelace', 's1')).toBeVisible();
  });
});
