/**
 * A large class as its teacher has it: three hundred simulated students and one real one in JupyterLab; every question's view, an answer
 * that is expected while the lab runs, answers taken from the author's own notebook, and a mistake that the next class brings again.
 */
import { fileURLToPath } from 'node:url';
import { expect, test, type Page } from '@playwright/test';
import { labView, type LabListItem, type LabView } from '@nbpulse/schema/wire';
import { code } from '../simulator/encode.js';
import { join, ParticipantClient } from '../simulator/participant-client.js';
import { joinWholeClass } from '../simulator/whole-class.js';
import { startNbpulse, type Started } from './started.js';
import { StudentPage } from './student-page.js';
import { TeacherApi } from './teacher-api.js';

test.describe.configure({ mode: 'serial' });

const simulated = 300;
const real = 'Annie Easley';
const exampleNotebook = fileURLToPath(new URL('../../examples/hello-send/lab.ipynb', import.meta.url));

let started: Started;
let page: Page;
let api: TeacherApi;
let lab: LabListItem;
let endClass: () => void = () => undefined;

test.beforeAll(async ({ browser }) => {
  test.setTimeout(420_000);
  started = await startNbpulse();
  page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  api = new TeacherApi(page.request, started.server);
  await api.signInByLink(started);
  lab = (await api.labs())[0]!;
  ({ close: endClass } = await joinWholeClass({ server: started.server, code: lab.joinCode, students: simulated }));
});
test.afterAll(async () => {
  endClass();
  await page.context().close();
  await started.stop();
});

const at = (path: string): Promise<unknown> => page.goto(`${started.server}/labs/${lab.id}${path}`);
const find = async (name: string): Promise<void> => {
  await page.getByRole('main').focus();
  await page.keyboard.press('/');
  await page.getByRole('searchbox', { name: 'Find a student' }).fill(name);
};

test('three hundred students are on the page, and one more joins from JupyterLab', async ({ browser }) => {
  await at('');
  await expect(page.getByText(/^Live/).first()).toBeVisible();
  await find(real);
  await expect(page.getByText(`0 of ${String(simulated)} shown`)).toBeVisible();
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const student = new StudentPage(await context.newPage(), started);
  await student.open('hello-send/lab.ipynb');
  await student.join(real);
  await expect(page.getByText(`1 of ${String(simulated + 1)} shown`)).toBeVisible();
  await student.runAll();
  await page.getByRole('button', { name: 'Rows', exact: true }).click();
  const cells = page.getByRole('row', { name: new RegExp(real) }).getByRole('gridcell');
  for (const key of ['1', '2', '3', '4', '5', '6']) {
    await expect(
      cells.and(page.getByRole('gridcell', { name: new RegExp(`question ${key}: answered`) })),
    ).toBeVisible();
  }
  await context.close();
});

test('every question shows what the class sent, equal and near-equal answers together', async () => {
  const heading = (key: string) => page.getByRole('heading', { level: 1, name: new RegExp(key) });
  for (const key of ['1', '2', '3', '4', '5', '6']) {
    await at(`/questions/${key}`);
    await expect(heading(key)).toBeVisible();
    await expect(page.getByRole('list', { name: 'How the class stands' })).toContainText(
      `of ${String(simulated + 1)} sent`,
    );
  }
  // Two spellings of one greeting, 75 and 75; the real student's is the first of them.
  await at('/questions/1');
  await expect(page.getByRole('checkbox', { name: /Hello from my notebook, 151 sent/ })).toBeVisible();
  // One function under two names of its parameter.
  await at('/questions/6');
  await expect(page.getByRole('checkbox', { name: /is_prime.*, 150 sent/ })).toBeVisible();
});

test('an expected answer judges everything already sent while it is typed, and what comes after', async () => {
  await at('/questions/2');
  const form = page.getByRole('form', { name: 'Expected answer of question 2' });
  await form.getByRole('textbox', { name: 'Expected', exact: true }).fill('604800');
  await expect(form.getByRole('status')).toContainText('181 right');
  await page.keyboard.press('Enter');
  await expect(page.getByText(/Saved, all records judged/)).toBeVisible();
  const late = new ParticipantClient(
    started.server,
    await join({ server: started.server, code: lab.joinCode, name: 'Late Comer' }),
  );
  await late.opened();
  await late.send('2', { t: 'float', v: 604_800 });
  late.close();
  await at('');
  await find('Late Comer');
  await page.getByRole('button', { name: 'Rows', exact: true }).click();
  await expect(page.getByRole('gridcell', { name: /Late Comer, question 2: right/ })).toBeVisible();
});

test('answers are taken from one run of the author’s notebook', async () => {
  await at('/questions/3');
  await page.getByRole('button', { name: 'From the solution' }).click();
  const dialog = page.getByRole('dialog', { name: 'Answers from a notebook' });
  await dialog.locator('input[type=file]').setInputFiles(exampleNotebook);
  await expect(dialog.getByRole('checkbox', { name: 'Expect this of 3' })).toBeChecked({ timeout: 90_000 });
  // What was typed stays, unless it is asked for.
  await expect(dialog.getByRole('checkbox', { name: 'Expect this of 2', exact: true })).not.toBeChecked();
  await dialog.getByRole('button', { name: /^Use these/ }).click();
  await expect(page.getByRole('list', { name: 'How the class stands' })).toContainText('201 right');
});

test('a mistake that was named comes back with its name and hint in the next class', async () => {
  await at('/questions/6');
  await page
    .getByRole('listitem')
    .filter({ hasText: 'return all(n % d for d in range(2, n))' })
    .getByRole('button', { name: /^Name…/ })
    .first()
    .click();
  const dialog = page.getByRole('dialog', { name: 'Name this group' });
  await dialog.getByRole('textbox', { name: 'Name' }).fill('1 is taken for a prime');
  await dialog.getByRole('textbox', { name: 'Hint' }).fill('What does your function say of 1?');
  await dialog.getByRole('checkbox', { name: /Keep as a known mistake/ }).check();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('known mistake', { exact: true })).toBeVisible();

  const next = await nextLab();
  const student = new ParticipantClient(
    started.server,
    await join({ server: started.server, code: next.joinCode, name: 'Ada Lovelace' }),
  );
  await student.opened();
  await student.send(
    '6',
    code('is_prime', 'def is_prime(number):\n  return all(number % k for k in range(2,number))\n'),
  );
  student.close();
  await page.goto(`${started.server}/labs/${next.id}/questions/6`);
  const group = page
    .getByRole('listitem')
    .filter({ has: page.getByRole('checkbox', { name: /^Pick 1 is taken for a prime/ }) });
  await expect(group.getByText(/known since Hello send/)).toBeVisible();
  await expect(group.getByText('What does your function say of 1?')).toBeVisible();
});

async function nextLab(): Promise<LabView> {
  const headers = { origin: started.server };
  const made = await page.request.post(`${started.server}/api/v1/courses/${lab.course}/labs`, {
    headers,
    data: { name: 'The next class', questions: [{ key: '6' }] },
  });
  const view = labView.parse(await made.json());
  await page.request.patch(`${started.server}/api/v1/labs/${view.id}`, { headers, data: { status: 'open' } });
  return view;
}
