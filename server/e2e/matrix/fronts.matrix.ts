/**
 * Our wheel in each Jupyter of the matrix: a student opens a notebook in a real browser, joins, runs all cells in a real kernel, and
 * every record is saved, once.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Browser, type Page } from '@playwright/test';
import { startNbpulse, type Started } from '../started.js';
import { StudentPage } from '../student-page.js';
import { TeacherApi } from '../teacher-api.js';
import { combinations, startHub, startJupyter, token, type Combination, type Jupyter } from './jupyter.js';

let started: Started;
let api: TeacherApi;
let lab: { id: string; joinCode: string };

test.beforeAll(async ({ playwright }) => {
  test.setTimeout(600_000);
  started = await startNbpulse({ args: ['--no-grading'], notebook: false });
  api = new TeacherApi(await playwright.request.newContext(), started.server);
  await api.signInByLink(started);
  lab = (await api.labs())[0]!;
});
test.afterAll(async () => {
  await started.stop();
});

const cells = [
  'from nbpulse import send\nfor number in range(200):\n    send(number, "loop")',
  '%%time\nsend("timed", 3, part="B")',
  'import asyncio\nawait asyncio.sleep(0)\nsend("async", "3")',
  'import threading\nthread = threading.Thread(target=send, args=("thread", "thread"))\nthread.start()\nthread.join()',
  'import sys\nsend(sys.version_info[0], "last")',
];
const expected = {
  loop: Array.from({ length: 200 }, (_, number) => String(number)),
  3: ['timed', 'async'],
  thread: ['thread'],
  last: ['3'],
};

/** The server is not named: the page knows it from NBPULSE_SERVER, by way of the Jupyter server. */
function writeNotebook(folder: string, name: string): void {
  const kernelspec = { name: 'python3', display_name: 'Python 3 (ipykernel)', language: 'python' };
  const content = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec, nbpulse: { joinCode: lab.joinCode } },
    cells: cells.map((source, index) => ({
      id: `cell-${String(index)}`,
      cell_type: 'code',
      metadata: {},
      outputs: [],
      execution_count: null,
      source,
    })),
  };
  writeFileSync(join(folder, name), JSON.stringify(content));
}

const summaries = async (name: string, question: string): Promise<string[]> =>
  (await api.records(lab.id, name, question).catch(() => [])).map((record) => record.summary);

/** Each once, in order; `times` notebooks with the same cells. */
async function allSaved(name: string, times = 1): Promise<void> {
  for (const [question, values] of Object.entries(expected)) {
    const all = Array.from({ length: times }, () => values).flat();
    const sorted = async (): Promise<string[]> => (await summaries(name, question)).sort();
    await expect.poll(sorted, { timeout: 60_000, message: `${name}, question ${question}` }).toEqual(all.sort());
  }
}

async function openAndRun(page: Page, url: string, name: string, joins: boolean): Promise<void> {
  const student = new StudentPage(page, { ...started, notebookLink: url });
  await page.goto(url);
  await student.idle();
  if (joins) await student.join(name);
  await student.runAll();
}

/** The mark stands beside a cell, not in it: the notebook's file stays clean. */
const hasCleanOutputs = (page: Page) =>
  expect(page.locator('.jp-OutputArea-output', { hasText: /saved|queued|refused/ })).toHaveCount(0);

async function inContext(browser: Browser, work: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext();
  try {
    await work(await context.newPage());
  } finally {
    await context.close();
  }
}

async function withJupyter(combination: Combination, work: (jupyter: Jupyter) => Promise<void>): Promise<void> {
  const jupyter = await (combination.front === 'hub' ? startHub : startJupyter)(combination, started.server);
  try {
    await work(jupyter);
  } catch (error) {
    console.log(jupyter.said().slice(-4_000));
    throw error;
  } finally {
    await jupyter.stop();
  }
}

for (const combination of combinations.filter(({ front }) => front !== 'hub')) {
  test(`${combination.name} in ${combination.front}`, async ({ browser }) => {
    const name = `${combination.name} ${combination.front}`;
    await withJupyter(combination, async (jupyter) => {
      writeNotebook(jupyter.home(''), 'lab.ipynb');
      const path = combination.front === 'notebook' ? 'notebooks' : 'lab/tree';
      await inContext(browser, async (page) => {
        await openAndRun(page, `${jupyter.url}/${path}/lab.ipynb?token=${token}`, name, true);
        await allSaved(name);
        // With jupyter-server-documents the page cannot tell which cell a record is from, and shows no marks: the cells say it.
        if (!combination.name.startsWith('documents')) await hasCleanOutputs(page);
      });
    });
  });
}

for (const combination of combinations.filter(({ front }) => front === 'hub')) {
  test(`${combination.name}: two students on one host, one with two kernels`, async ({ browser }) => {
    await withJupyter(combination, async (jupyter) => {
      const signIn = async (page: Page, student: string): Promise<void> => {
        await page.goto(`${jupyter.url}/hub/login`);
        await page.getByLabel('Username').fill(student);
        await page.getByLabel('Password').fill('any');
        await page.getByRole('button', { name: 'Sign in' }).click();
        await page.waitForURL(`**/user/${student}/lab**`, { timeout: 90_000 });
      };
      const names = { ada: `${combination.name} Ada`, bob: `${combination.name} Bob` };
      for (const student of ['ada', 'bob'] as const) {
        const home = jupyter.home(student);
        writeNotebook(home, 'one.ipynb');
        writeNotebook(home, 'two.ipynb');
      }
      const notebook = (student: string, file: string) => `${jupyter.url}/user/${student}/lab/tree/${file}.ipynb?reset`;
      await inContext(browser, async (ada) => {
        await signIn(ada, 'ada');
        await openAndRun(ada, notebook('ada', 'one'), names.ada, true);
        await inContext(browser, async (bob) => {
          await signIn(bob, 'bob');
          await openAndRun(bob, notebook('bob', 'one'), names.bob, true);
        });
        await openAndRun(ada, notebook('ada', 'two'), names.ada, false);
        await hasCleanOutputs(ada);
        await allSaved(names.ada, 2);
        await allSaved(names.bob, 1);
      });
    });
  });
}
