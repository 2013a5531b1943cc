/**
 * The pictures of README and docs, taken from the real thing: `npm run pictures`. A played class, a student's JupyterLab and
 * the teacher's pages, in both themes and three widths; written to docs/images.
 */
import { setMaxListeners } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { labScript } from '../simulator/lab-script.js';
import { studentName } from '../simulator/mathematicians.js';
import { join, ParticipantClient } from '../simulator/participant-client.js';
import { seededRandom } from '../simulator/random.js';
import { playStudent } from '../simulator/student.js';
import { startNbpulse, type Started } from './started.js';
import { StudentPage } from './student-page.js';
import { TeacherApi } from './teacher-api.js';

const checkout = fileURLToPath(new URL('../../../', import.meta.url));
const folder = `${checkout}docs/images`;
/** How long a whole lab takes a median student; pictures are taken in the middle of it. */
const labMinutes = 4;
const minuteMs = (labMinutes * 60_000) / labScript.reduce((sum, { minutes }) => sum + minutes * 1.3, 0);

async function main(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const started = await startNbpulse({ args: ['--demo'] });
  const browser = await chromium.launch({
    executablePath: process.env['NBPULSE_CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync'],
  });
  const stop = new AbortController();
  setMaxListeners(0, stop.signal); // one per waiting student
  try {
    const teacher = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const api = new TeacherApi(teacher.request, started.server);
    await api.signInByLink(started);
    const labs = await api.labs();
    const hello = labs.find(({ name }) => name === 'Hello send');
    const reply = await teacher.request.post(`${started.server}/api/v1/courses/${hello?.course ?? ''}/labs`, {
      headers: { origin: started.server },
      data: { name: 'Lab 5 · k-means again', questions: labScript.map(({ key, title }) => ({ key, title })) },
    });
    const lab = (await reply.json()) as { id: string; joinCode: string };
    await teacher.request.patch(`${started.server}/api/v1/labs/${lab.id}`, {
      headers: { origin: started.server },
      data: { status: 'open' },
    });
    const played = Array.from({ length: 30 }, (_, index) =>
      playStudent({
        server: started.server,
        code: lab.joinCode,
        name: studentName(index),
        random: seededRandom(70_007 + index),
        script: labScript,
        minuteMs,
        signal: stop.signal,
      }),
    );
    await picturesOfStudent(browser, started);
    if (hello) await handIn(started, hello.joinCode);
    const page = await teacher.newPage();
    await page.waitForTimeout(minuteMs * 9);
    await picturesOfTeacher(page, teacher, started, lab.id, hello?.id ?? lab.id);
    stop.abort();
    await Promise.allSettled(played);
  } finally {
    stop.abort();
    await browser.close();
    await started.stop();
  }
}

/** Three hand-ins of the example assignment, of different quality, so that the grades page has something to show. */
async function handIn(started: Started, code: string): Promise<void> {
  const read = (name: string): string => readFileSync(`${checkout}examples/graded-assignment/${name}`, 'utf8');
  const solution = read('solution.ipynb');
  const variants = [
    solution,
    solution.replace('range(2, n + 1) if', 'range(2, n) if'),
    solution.replace('        raise ValueError(\\"n must not be negative\\")', '        return False'),
    read('template.ipynb'),
  ];
  for (const [index, notebook] of variants.entries()) {
    const client = new ParticipantClient(
      started.server,
      await join({ server: started.server, code, name: studentName(index + 1) }),
    );
    await client.opened();
    await client.submit('primes-and-rivers', new TextEncoder().encode(notebook));
    client.close();
  }
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.waitForTimeout(1_200);
  await page.screenshot({ path: `${folder}/${name}.png` });
}

async function picturesOfTeacher(
  page: Page,
  context: BrowserContext,
  started: Started,
  lab: string,
  hello: string,
): Promise<void> {
  const at = (path: string): Promise<unknown> => page.goto(`${started.server}/${path}`);
  await at(`labs/${lab}`);
  await shoot(page, 'class');
  await page.emulateMedia({ colorScheme: 'dark' });
  await shoot(page, 'class-dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 390, height: 844 });
  await shoot(page, 'class-phone');
  await page.setViewportSize({ width: 1920, height: 1080 });
  await shoot(page, 'class-projector');
  await page.setViewportSize({ width: 1440, height: 900 });
  await at('labs');
  await shoot(page, 'labs');
  for (const [key, name] of [
    ['3a', 'question-code'],
    ['5', 'question-numbers'],
    ['4', 'question-pictures'],
    ['2', 'question-text'],
  ] as const) {
    await at(`labs/${lab}/questions/${key}`);
    await shoot(page, name);
  }
  const state = (await (await context.request.get(`${started.server}/api/v1/labs/${lab}/state`)).json()) as {
    participants: { id: string }[];
  };
  await at(`labs/${lab}/students/${state.participants[5]?.id ?? ''}`);
  await shoot(page, 'student');
  await at(`labs/${hello}/grades`);
  await page.getByRole('button', { name: /Leonhard Euler, primes/ }).click();
  await shoot(page, 'grades');
  await page.emulateMedia({ colorScheme: 'dark' });
  await shoot(page, 'grades-dark');
}

async function picturesOfStudent(browser: Browser, started: Started): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const student = new StudentPage(await context.newPage(), started);
  await student.open('hello-send/lab.ipynb');
  await shoot(student.page, 'notebook-join');
  await student.join('Ada Lovelace');
  await student.runAll();
  await shoot(student.page, 'notebook');
  await context.close();
}

await main();
