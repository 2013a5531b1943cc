/**
 * The pictures of README and docs, taken from the real thing: `npm run pictures`. A played class, a student's JupyterLab and
 * the teacher's pages, in both themes and three widths; written to docs/images. `npm run pictures -- grading`: those of grading alone.
 */
import { setMaxListeners } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { myPageLink } from '@nbpulse/schema/wire';
import { code, error, frame, int, text } from '../simulator/encode.js';
import { labScript } from '../simulator/lab-script.js';
import { studentName } from '../simulator/mathematicians.js';
import { join, ParticipantClient } from '../simulator/participant-client.js';
import { seededRandom } from '../simulator/random.js';
import { joinWholeClass } from '../simulator/whole-class.js';
import { notebook, playStudent } from '../simulator/student.js';
import { chromiumOptions } from './chromium.js';
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
  const gradingAlone = process.argv[2] === 'grading';
  const started = await startNbpulse(gradingAlone ? { notebook: false } : { args: ['--demo'] });
  const browser = await chromium.launch(chromiumOptions);
  const stop = new AbortController();
  setMaxListeners(0, stop.signal); // one per waiting student
  try {
    const teacher = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const api = new TeacherApi(teacher.request, started.server);
    await api.signInByLink(started);
    const labs = await api.labs();
    const hello = labs.find(({ name }) => name === 'Hello send');
    if (gradingAlone) {
      if (hello) {
        await handIn(started, hello.joinCode);
        await picturesOfGrading(await teacher.newPage(), started, hello);
      }
      return;
    }
    const reply = await teacher.request.post(`${started.server}/api/v1/courses/${hello?.course ?? ''}/labs`, {
      headers: { origin: started.server },
      data: {
        name: 'Lab 5 · k-means again',
        questions: labScript.map(({ key, title, minutes }) => ({
          key,
          title,
          targetMinutes: Math.max(1, Math.round((minutes * minuteMs) / 60_000)),
        })),
      },
    });
    const lab = (await reply.json()) as { id: string; joinCode: string };
    await teacher.request.patch(`${started.server}/api/v1/labs/${lab.id}`, {
      headers: { origin: started.server },
      data: { status: 'open' },
    });
    for (const { key, expected } of labScript) {
      if (!expected) continue;
      await teacher.request.put(`${started.server}/api/v1/labs/${lab.id}/questions/${key}/expected`, {
        headers: { origin: started.server },
        data: { answer: expected },
      });
    }
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
    if (hello)
      await teacher.request.patch(`${started.server}/api/v1/labs/${hello.id}`, {
        headers: { origin: started.server },
        data: { settings: { mayDelete: true } },
      });
    const handedIn = hello ? await handIn(started, hello.joinCode) : null;
    const large = await largeClass(teacher, started, hello?.course ?? '');
    const page = await teacher.newPage();
    await page.waitForTimeout(minuteMs * 9);
    await picturesOfTeacher(page, teacher, started, lab.id);
    if (hello) await picturesOfGrading(page, started, hello);
    await picturesOfLargeClass(page, started, large.lab);
    if (handedIn) await picturesOfOwnPage(browser, started, handedIn);
    stop.abort();
    large.close();
    await Promise.allSettled(played);
  } finally {
    stop.abort();
    await browser.close();
    await started.stop();
  }
}

/** Three hundred who have sent at once, for the dense view. */
async function largeClass(
  teacher: BrowserContext,
  started: Started,
  course: string,
): Promise<{ lab: string; close: () => void }> {
  const headers = { origin: started.server };
  const url = `${started.server}/api/v1`;
  const reply = await teacher.request.post(`${url}/courses/${course}/labs`, {
    headers,
    data: { name: 'Hello send, the whole year', questions: [] },
  });
  const { id, joinCode } = (await reply.json()) as { id: string; joinCode: string };
  await teacher.request.patch(`${url}/labs/${id}`, { headers, data: { status: 'open' } });
  await teacher.request.put(`${url}/labs/${id}/questions/2/expected`, {
    headers,
    data: { answer: { kind: 'value', value: int(604_800) } },
  });
  const { close } = await joinWholeClass({ server: started.server, code: joinCode, students: 300 });
  return { lab: id, close };
}

/**
 * Hand-ins of the example assignment, of different quality, so that the grades page has something to show; the first of them has
 * sent some answers, too.
 */
async function handIn(started: Started, joinCode: string): Promise<ParticipantClient> {
  const read = (name: string): string => readFileSync(`${checkout}examples/graded-assignment/${name}`, 'utf8');
  const solution = read('solution.ipynb');
  const variants = [
    solution,
    solution.replace('range(2, n + 1) if', 'range(2, n) if'),
    solution.replace('        raise ValueError(\\"n must not be negative\\")', '        return False'),
    read('template.ipynb'),
  ];
  let first: ParticipantClient | undefined;
  for (const [index, variant] of variants.entries()) {
    const client = new ParticipantClient(
      started.server,
      await join({ server: started.server, code: joinCode, name: studentName(index + 1) }),
    );
    await client.opened();
    await client.submit('primes-and-rivers', new TextEncoder().encode(variant));
    if (index === 0) await sendSome(client);
    client.close();
    first ??= client;
  }
  if (!first) throw new Error('nobody handed in');
  return first;
}

async function sendSome(client: ParticipantClient): Promise<void> {
  await client.send('1', text('Hello from my notebook'));
  await client.send('2', int(604_000));
  await client.send('2', int(604_800));
  await client.send('4', frame({ city: ['Nairobi', 'Lima', 'Quito'], people: [4.4, 10, 1.8] }));
  await client.send('6', error('ZeroDivisionError', 'integer modulo by zero', 'n % d == 0'));
  await client.send('6', code('is_prime', 'def is_prime(n):\n    return n > 1 and all(n % d for d in range(2, n))\n'));
  await client.checkpoint(notebook(client.me.name, labScript, '2'));
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.waitForTimeout(1_200);
  await page.screenshot({ path: `${folder}/${name}.png` });
}

async function picturesOfLargeClass(page: Page, started: Started, lab: string): Promise<void> {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto(`${started.server}/labs/${lab}`);
  await shoot(page, 'class-300');
  await page.goto(`${started.server}/labs/${lab}/questions/6`);
  await shoot(page, 'question-300');
}

async function picturesOfTeacher(page: Page, context: BrowserContext, started: Started, lab: string): Promise<void> {
  const at = (path: string): Promise<unknown> => page.goto(`${started.server}/${path}`);
  await at(`labs/${lab}`);
  await shoot(page, 'class');
  await page.emulateMedia({ colorScheme: 'dark' });
  await shoot(page, 'class-dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 390, height: 844 });
  await shoot(page, 'class-phone');
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByRole('button', { name: 'The lab is open' }).click();
  await page.getByRole('menuitem', { name: 'Settings…' }).click();
  await page.getByRole('dialog').waitFor();
  await shoot(page, 'lab-settings');
  await page.keyboard.press('Escape');
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
  await at(`labs/${lab}/records`);
  await shoot(page, 'records');
  await at(`labs/${lab}`);
  await page.keyboard.press('a');
  await shoot(page, 'class-anonymous');
  await page.keyboard.press('a');
}

/** What the check of an assignment found; the grades, a submission's failures in parts, and who fails alike. */
async function picturesOfGrading(page: Page, started: Started, lab: { id: string; course: string }): Promise<void> {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto(`${started.server}/courses/${lab.course}/assignments/primes-and-rivers`);
  await page.getByText('Version 1 is good').waitFor({ timeout: 120_000 });
  await shoot(page, 'assignment-check');
  await page.goto(`${started.server}/labs/${lab.id}/grades`);
  await page.locator('.gb.grades').waitFor();
  await page.getByText(/submissions? being graded$/).waitFor({ state: 'detached', timeout: 240_000 });
  await page.getByRole('button', { name: /Leonhard Euler, primes/ }).click();
  await shoot(page, 'grades');
  await page.emulateMedia({ colorScheme: 'dark' });
  await shoot(page, 'grades-dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await page.locator('.alike .way').first().click();
  await page.locator('.alike-part').screenshot({ path: `${folder}/failures-alike.png` });
}

/** The student's own page, on a desk and on a phone: a lab that collects activity and lets records be deleted, a graded hand-in. */
async function picturesOfOwnPage(browser: Browser, started: Started, handedIn: ParticipantClient): Promise<void> {
  for (const [name, viewport, colorScheme] of [
    ['own-page', { width: 1280, height: 900 }, 'light'],
    ['own-page-phone', { width: 390, height: 844 }, 'light'],
    ['own-page-dark', { width: 1280, height: 900 }, 'dark'],
  ] as const) {
    const context = await browser.newContext({ viewport, colorScheme });
    const page = await context.newPage();
    const link = await fetch(`${started.server}/api/v1/me/page`, {
      method: 'POST',
      headers: { authorization: `Bearer ${handedIn.me.token}` },
    });
    await page.goto(myPageLink.parse(await link.json()).url);
    await page.getByRole('switch').waitFor();
    await shoot(page, name);
    await context.close();
  }
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
