/**
 * The main job, whole, as two people do it: a student in JupyterLab and a teacher on the live page, from `npm start` to a grade.
 * In between the server is killed; and a cell that sends ten records a second meets F5.
 */
import { expect, test, type Browser, type Page } from '@playwright/test';
import { addPaintClock } from '../bench/paint-clock.js';
import { killDescendant, serverProcess } from './processes.js';
import { startNbpulse, type Started } from './started.js';
import { StudentPage } from './student-page.js';
import { teacher, TeacherApi } from './teacher-api.js';
import type { LabListItem } from '@nbpulse/schema/wire';

test.describe.configure({ mode: 'serial' });

let started: Started;
let teacherPage: Page;
let studentPage: Page;
let student: StudentPage;
let api: TeacherApi;
let lab: LabListItem;

async function newPage(browser: Browser): Promise<Page> {
  return (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
}

test.beforeAll(async ({ browser }) => {
  test.setTimeout(360_000);
  started = await startNbpulse();
  teacherPage = await newPage(browser);
  studentPage = await newPage(browser);
  student = new StudentPage(studentPage, started);
  api = new TeacherApi(teacherPage.request, started.server);
});
test.afterAll(async () => {
  await teacherPage.context().close();
  await studentPage.context().close();
  await started.stop();
});

test('a teacher comes in by the one-time link and sets a password', async () => {
  await teacherPage.goto(started.teacherLink);
  await teacherPage.getByLabel('Your name').fill(teacher.name);
  await teacherPage.getByLabel('E-mail').fill(teacher.email);
  await teacherPage.getByLabel('Password').fill(teacher.password);
  await teacherPage.getByLabel('Name of your course').fill('Machine Learning I');
  await teacherPage.keyboard.press('Enter');
  await expect(teacherPage.getByRole('heading', { name: 'Labs' })).toBeVisible();
  const [first] = await api.labs();
  lab = first!;
  await addPaintClock(teacherPage);
  await teacherPage.goto(`${started.server}/labs/${lab.id}`);
  await expect(teacherPage.getByText(/^Live/).first()).toBeVisible();
});

test('a student joins once, runs the notebook, and each value shows on the open page without a reload', async () => {
  await student.open('hello-send/lab.ipynb');
  await student.join('Ada Lovelace');
  await expect(teacherPage.getByRole('link', { name: 'Ada Lovelace' })).toBeVisible();
  await student.runAll();
  await expect(studentPage.locator('.nbp-CellMark', { hasText: /6, 6b\s*saved/ })).toBeVisible();
  const rows = teacherPage.getByRole('row', { name: /Ada Lovelace/ });
  for (const key of ['1', '2', '3', '4', '5', '6']) {
    await expect(rows.getByRole('gridcell', { name: new RegExp(`question ${key}: answered`) })).toBeVisible();
  }
  const shown: [string, (page: Page) => Promise<void>][] = [
    ['1', (page) => expect(page.getByText('Hello from my notebook').first()).toBeVisible()],
    ['2', (page) => expect(page.getByText(/604.?800/).first()).toBeVisible()],
    ['3', (page) => expect(page.getByText('81').first()).toBeVisible()],
    ['4', (page) => expect(page.getByRole('cell', { name: 'Nairobi' }).first()).toBeVisible()],
    ['5', (page) => expect(page.locator('img').first()).toHaveJSProperty('complete', true)],
    ['6', (page) => expect(page.locator('pre, code').filter({ hasText: 'def is_prime' }).first()).toBeVisible()],
  ];
  for (const [key, expected] of shown) {
    await teacherPage.goto(`${started.server}/labs/${lab.id}/questions/${key}`);
    await expected(teacherPage);
  }
});

test('"saved" stands beside the cell while it is still running', async () => {
  await student.write(
    'long.ipynb',
    [
      {
        id: 'long',
        source: 'import time\nfrom nbpulse import send\nsend("early", "long")\ntime.sleep(15)\nprint("cell", "ended")',
      },
    ],
    { server: started.server, lab: lab.id },
  );
  await student.open('long.ipynb');
  await student.run(0);
  await expect(studentPage.locator('.nbp-CellMark', { hasText: /saved/ })).toBeVisible({ timeout: 10_000 });
  await expect(studentPage.getByText('cell ended')).toHaveCount(0);
  await expect(studentPage.getByText('cell ended')).toBeVisible();
});

test('F5 in the middle of a cell that sends ten records a second loses none', async () => {
  await student.write(
    'f5.ipynb',
    [
      {
        id: 'f5',
        source:
          'import time\nfrom nbpulse import send\nfor number in range(120):\n    send(number, "f5")\n    time.sleep(0.1)',
      },
    ],
    { server: started.server, lab: lab.id },
  );
  await student.open('f5.ipynb');
  await student.run(0);
  const count = async (): Promise<number> => (await api.records(lab.id, 'Ada Lovelace', 'f5')).length;
  await expect.poll(count).toBeGreaterThan(15);
  await studentPage.reload();
  await expect.poll(count).toBeGreaterThan(50);
  await studentPage.reload();
  await expect.poll(count, { timeout: 60_000 }).toBe(120);
  const records = await api.records(lab.id, 'Ada Lovelace', 'f5');
  expect(records.map(({ summary }) => summary)).toEqual(Array.from({ length: 120 }, (_, number) => String(number)));
});

test('a killed server comes back by itself; both pages catch up, and what was sent meanwhile is there once', async () => {
  await teacherPage.goto(`${started.server}/labs/${lab.id}`);
  await expect(teacherPage.getByText(/^Live/).first()).toBeVisible();
  await student.write(
    'restart.ipynb',
    [
      {
        id: 'restart',
        source:
          'import time\nfrom nbpulse import send\nfor number in range(100):\n    send(number, "restart")\n    time.sleep(0.1)',
      },
    ],
    { server: started.server, lab: lab.id },
  );
  await student.open('restart.ipynb');
  await student.run(0);
  const cell = teacherPage
    .getByRole('row', { name: /Ada Lovelace/ })
    .getByRole('gridcell', { name: /question restart/ });
  await expect(cell).toContainText(/1\d records|[2-9]\d records/);
  killDescendant(started.pid, serverProcess);
  await expect(cell).toContainText('100 records', { timeout: 60_000 });
  const records = await api.records(lab.id, 'Ada Lovelace', 'restart');
  expect(records.map(({ summary }) => summary)).toEqual(Array.from({ length: 100 }, (_, number) => String(number)));
});

test('a checkpoint opens on the teacher’s page; an unchanged one costs nothing', async () => {
  await student.open('hello-send/lab.ipynb');
  await student.showPanel();
  await studentPage.getByRole('button', { name: 'Send checkpoint' }).click();
  await expect(student.panel.getByText(/Checkpoint sent/)).toBeVisible();
  await studentPage.getByRole('button', { name: 'Send checkpoint' }).click();
  await expect(student.panel.getByText(/Nothing changed since/)).toBeVisible();
  const { participant, items } = await api.timeline(lab.id, 'Ada Lovelace');
  expect(items.filter(({ kind }) => kind === 'checkpoint')).toHaveLength(1);
  await teacherPage.goto(`${started.server}/labs/${lab.id}/students/${participant.id}`);
  await teacherPage
    .getByRole('button', { name: /open|notebook/i })
    .first()
    .click();
  await expect(teacherPage.getByRole('dialog').getByText('One period of the sine').first()).toBeVisible();
});

test('Submit gives a receipt, the panel follows the grading, and the grade stands in the teacher’s table', async () => {
  test.setTimeout(240_000);
  await student.open('graded-assignment/template.ipynb');
  await student.replace(3, 'def is_prime(n):\n    return n > 1 and all(n % d for d in range(2, n))');
  await student.replace(6, 'def primes_up_to(n):\n    return [k for k in range(2, n) if is_prime(k)]');
  await student.runAll();
  await student.showPanel();
  await studentPage.getByRole('button', { name: 'Submit', exact: true }).first().click();
  await expect(student.panel.getByText(/Received|of 10/).first()).toBeVisible();
  await expect(student.panel.getByText('of 10')).toBeVisible({ timeout: 90_000 });
  await expect(student.panel.getByText('test_is_prime_on_small_numbers')).toBeVisible();
  await teacherPage.goto(`${started.server}/labs/${lab.id}/grades`);
  await expect(
    teacherPage
      .getByRole('row', { name: /Ada Lovelace/ })
      .getByText(/^\d+(\.\d+)?/)
      .first(),
  ).toBeVisible();
});
