/**
 * Every page of the teacher's side with a class in it, in both themes and on a phone: axe finds nothing to complain about.
 * The students come in through the public API, so that each kind of value, mark and state is on some page.
 */
import { createHash } from 'node:crypto';
import { expect, test, type Browser, type Locator, type Page } from '@playwright/test';
import { z } from 'zod';
import type { Value } from '@nbpulse/schema/wire';
import { array, code, error, float, frame, int, list, scatter, text } from '../simulator/encode.js';
import { labScript } from '../simulator/lab-script.js';
import { studentName } from '../simulator/mathematicians.js';
import { join, ParticipantClient } from '../simulator/participant-client.js';
import { notebook } from '../simulator/student.js';
import { complaints } from './look.js';
import { startNbpulse, type Started } from './started.js';
import { TeacherApi } from './teacher-api.js';

/** A question per kind of value, and what three students sent to it. */
const sent: Record<string, readonly Value[]> = {
  'a-text': [text('postcode'), text('age'), text('Postcode')],
  'b-integer': [int(4), int(3), int(4)],
  'c-float': [float(0.553), float(0.312), { t: 'float', v: 'nan' }],
  'd-truth': [{ t: 'bool', v: true }, { t: 'bool', v: false }, { t: 'none' }],
  'e-array': [array([4], [0.681, 0.553, 0.498, 0.487]), array([2, 2], [1, 2, 3, 4]), array([3], [1, 2, 3], 'int64')],
  'f-table': [
    frame({ city: ['Nairobi', 'Lima'], people: [4.4, 10] }),
    frame({ city: ['Quito'], people: [1.8] }),
    frame({ city: ['Oslo', 'Bern'], people: [0.7, 0.1] }),
  ],
  'g-picture': [
    scatter([[0.2, 0.3, [52, 80, 200]]]),
    scatter([[0.7, 0.6, [196, 62, 8]]]),
    scatter([[0.2, 0.3, [52, 80, 200]]]),
  ],
  'h-code': [
    code(
      'is_prime',
      'def is_prime(n):\n    """True for a prime."""\n    return n > 1 and all(n % d for d in range(2, n))\n',
    ),
    code(
      'is_prime',
      'def is_prime(n):\n    # counts divisors\n    return sum(n % d == 0 for d in range(1, n + 1)) == 2\n',
    ),
    code('is_prime', 'def is_prime(n):\n    return "yes"\n'),
  ],
  'i-error': [
    error('IndexError', 'index 4 is out of bounds', 'd[i, j] = manhattan(x, C[j])'),
    error('NameError', "name 'X' is not defined", 'assign(X, C)'),
    text('it worked'),
  ],
  'j-nested': [
    {
      t: 'dict',
      n: 2,
      v: [
        [text('k'), int(4)],
        [text('names'), list([text('a'), text('b')])],
      ],
    },
    {
      t: 'object',
      cls: 'lab.Point',
      fields: [
        ['x', float(1.5)],
        ['y', float(-2)],
      ],
    },
    list([int(1), list([int(2)])]),
  ],
  'k-other': [
    { t: 'rich', cls: 'sympy.Symbol', mime: 'text/html', data: { v: '<b>bold</b> and <i>x</i>' } },
    { t: 'repr', cls: 'builtins.generator', text: { v: '<generator object squares>' } },
    { t: 'bytes', n: 3, b64: 'YWJj', sha256: createHash('sha256').update('abc').digest('hex') },
  ],
  'l-moment': [
    { t: 'datetime', v: '2026-03-01T12:00:00+01:00' },
    { t: 'complex', re: 1, im: -2 },
    { t: 'timedelta', v: 'P1DT2H' },
  ],
  // Sub-steps without an order: one column.
  'm.a': [int(1), int(2), int(1)],
  'm.b': [int(3), int(3), int(4)],
};

let started: Started;
let api: TeacherApi;
let page: Page;
let lab: string;
let course: string;
let student: string;
const clients: ParticipantClient[] = [];

async function newPage(browser: Browser): Promise<Page> {
  return (await browser.newContext({ reducedMotion: 'reduce', viewport: { width: 1440, height: 900 } })).newPage();
}

/** Three who sent everything, one of them idle, one gone; one who sent half; one who only joined. */
async function fillClass(joinCode: string): Promise<void> {
  const names = Array.from({ length: 5 }, (_, index) => studentName(index));
  for (const name of names) {
    const client = new ParticipantClient(started.server, await join({ server: started.server, code: joinCode, name }));
    clients.push(client);
    await client.opened();
  }
  const questions = Object.entries(sent);
  for (const [index, client] of clients.slice(0, 4).entries()) {
    for (const [key, values] of index === 3 ? questions.slice(0, 6) : questions)
      await client.send(key, values[index % values.length]!);
  }
  const [first, second, third] = clients;
  await first!.send('b-integer', int(5));
  await first!.checkpoint(notebook(names[0]!, labScript, '2'));
  await first!.checkpoint(notebook(names[0]!, labScript, '4'));
  for (const client of [first!, second!]) await client.submit('primes-and-rivers', notebook(names[0]!, labScript, '2'));
  second!.presence('idle');
  third!.close();
}

test.beforeAll(async ({ browser }) => {
  test.setTimeout(360_000);
  started = await startNbpulse({ notebook: false, args: ['--no-grading'] });
  page = await newPage(browser);
  api = new TeacherApi(page.request, started.server);
  await api.signInByLink(started);
  const hello = (await api.labs()).find(({ name }) => name === 'Hello send')!;
  lab = hello.id;
  course = hello.course;
  await fillClass(hello.joinCode);
  const { participants } = await api.state(lab);
  student = participants.find(({ name }) => name === studentName(0))!.id;
});
test.afterAll(async () => {
  for (const client of clients) client.close();
  await page.context().close();
  await started.stop();
});

async function expectAccessible(shown: Page, path: string, there: (page: Page) => Locator): Promise<void> {
  await test.step(path === '' ? 'labs' : path, async () => {
    await shown.goto(`${started.server}/${path}`);
    await expect(there(shown).first()).toBeVisible();
    expect.soft(await complaints(shown), `${path} at ${started.server}`).toEqual([]);
  });
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the pages are accessible, ${colorScheme}`, async () => {
    await page.emulateMedia({ colorScheme });
    const name = studentName(0);
    await expectAccessible(page, 'labs', (at) => at.getByText('Hello send'));
    await expectAccessible(page, `labs/${lab}`, (at) =>
      at.getByRole('gridcell', { name: /question a-text: answered/ }),
    );
    for (const key of Object.keys(sent))
      await expectAccessible(page, `labs/${lab}/questions/${key}`, (at) => at.getByText('of 5 sent'));
    await expectAccessible(page, `labs/${lab}/students`, (at) => at.getByRole('link', { name }));
    await expectAccessible(page, `labs/${lab}/students/${student}`, (at) => at.getByRole('list', { name: 'Timeline' }));
    await expectAccessible(page, `labs/${lab}/records`, (at) => at.getByRole('row', { name: new RegExp(name) }));
    await expectAccessible(page, `labs/${lab}/grades`, (at) => at.locator('main').getByText(name));
    await expectAccessible(page, `courses/${course}/assignments`, (at) =>
      at.getByRole('link', { name: 'Primes and rivers' }),
    );
    await expectAccessible(page, `courses/${course}/assignments/primes-and-rivers`, (at) =>
      at.getByText('No worker is there'),
    );
    await expectAccessible(page, 'labs/no-such-lab', (at) => at.getByRole('main'));
    await expectAccessible(page, 'nothing/here', (at) => at.getByText('There is no page at this address'));
  });

  test(`what opens on a page is accessible, ${colorScheme}`, async () => {
    await page.emulateMedia({ colorScheme });
    const dialog = page.getByRole('dialog');
    const expectOpenAccessible = async (what: string): Promise<void> => {
      await test.step(what, async () => expect.soft(await complaints(page), what).toEqual([]));
    };
    await page.goto(`${started.server}/labs/${lab}`);
    const cell = page.getByRole('gridcell', { name: /question a-text: answered/ }).first();
    await cell.hover();
    await expect(page.getByText('postcode').first()).toBeVisible();
    await expectOpenAccessible('card of a cell');
    await page.getByRole('button', { name: /show it large/ }).click();
    await expect(dialog).toBeVisible();
    await expectOpenAccessible('join code');
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
    await page.keyboard.press('?');
    await expect(dialog).toBeVisible();
    await expectOpenAccessible('keyboard shortcuts');
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
    await page.keyboard.press('d');
    await expect(page.getByRole('button', { name: 'Dense' })).toHaveAttribute('aria-pressed', 'true');
    await expectOpenAccessible('dense class');
    await page.keyboard.press('d');
    await page.getByRole('button', { name: /Account of/ }).click();
    await expect(page.getByRole('menuitem', { name: 'Sign out' })).toBeVisible();
    await expectOpenAccessible('menu');

    await page.goto(`${started.server}/labs/${lab}/questions/a-text`);
    const alike = page.getByRole('listitem').filter({ has: page.getByRole('button', { name: /^Split… postcode/i }) });
    await alike.hover();
    await expectOpenAccessible('groups of text, what can be done with one of them');
    for (const box of await page.getByRole('checkbox', { name: /^Pick / }).all()) await box.check();
    await expect(page.getByRole('region', { name: 'Picked groups' })).toBeVisible();
    await expectOpenAccessible('groups of text, picked');
    await page.keyboard.press('Escape');
    await alike.getByRole('button', { name: /^Split…/ }).click();
    await expect(dialog).toBeVisible();
    await expectOpenAccessible('split a group of text');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await expect(dialog).toHaveCount(0);
    await alike.getByRole('button', { name: /^Name…/ }).click();
    await expect(dialog).toBeVisible();
    await expectOpenAccessible('name a group of text');
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);

    await page.goto(`${started.server}/labs/${lab}/students/${student}`);
    await page.getByRole('button', { name: 'What changed, checkpoint 2' }).click();
    await expect(dialog.getByText(/unchanged/).first()).toBeVisible();
    await expectOpenAccessible('what changed between two checkpoints');
    await dialog.getByRole('button', { name: 'The notebook' }).click();
    await expect(dialog.getByText(labScript[0]!.title).first()).toBeVisible();
    await expectOpenAccessible('notebook');

    await page.goto(`${started.server}/labs/${lab}/students`);
    await page.getByRole('button', { name: 'Class list…' }).click();
    await dialog.getByLabel('Names').fill('Name;Id\nMaria Agnesi;7');
    await expect(dialog.getByText('1 new name')).toBeVisible();
    await expectOpenAccessible('class list');

    await page.goto(`${started.server}/labs/${lab}/records`);
    await page
      .getByRole('row', { name: /def is_prime/ })
      .first()
      .click();
    await expect(page.getByText('1 record picked')).toBeVisible();
    await expectOpenAccessible('a picked record');
    await page.keyboard.press('Enter');
    await expect(dialog.getByText('is_prime').first()).toBeVisible();
    await expectOpenAccessible('a record, large');
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);

    await page.goto(`${started.server}/labs/${lab}/grades`);
    await page
      .getByRole('row', { name: studentName(0) })
      .getByRole('button')
      .first()
      .click();
    await expect(
      page
        .getByRole('complementary', { name: 'Submission' })
        .getByText(/S-[0-9A-Z]{6}/)
        .first(),
    ).toBeVisible();
    await expectOpenAccessible('submission');

    await page.goto(`${started.server}/labs/${lab}`);
    await page.getByRole('button', { name: 'The lab is open' }).click();
    await page.getByRole('menuitem', { name: 'Settings…' }).click();
    await dialog.getByLabel(/progress-tracker/).check();
    await expect(dialog.getByText('session_owner')).toBeVisible();
    await expectOpenAccessible('settings');

    await page.goto(`${started.server}/labs/${lab}/students/${student}`);
    await page.getByRole('button', { name: 'Erase this person…' }).click();
    await expect(dialog.getByLabel(/Type the name/)).toBeVisible();
    await expectOpenAccessible('erasing a person');

    await page.goto(`${started.server}/labs`);
    await page.getByRole('button', { name: 'Course…' }).click();
    await expect(dialog.getByLabel(/Months after a lab/)).toBeVisible();
    await expectOpenAccessible('course');

    await page.goto(`${started.server}/labs`);
    await page.getByRole('button', { name: /New lab/ }).click();
    await expect(page.locator('#new-lab')).toBeVisible();
    await expectOpenAccessible('new lab');
  });

  test(`pages without a class, and of nobody, are accessible, ${colorScheme}`, async ({ browser }) => {
    await page.emulateMedia({ colorScheme });
    const made = await page.request.post(`${started.server}/api/v1/courses/${course}/labs`, {
      headers: { origin: started.server },
      data: { name: `Empty, ${colorScheme}`, questions: [] },
    });
    const empty = z.object({ id: z.string() }).parse(await made.json()).id;
    await expectAccessible(page, `labs/${empty}`, (at) => at.getByText('This lab is a draft.'));
    await expectAccessible(page, `labs/${empty}/questions`, (at) => at.getByText('No question yet'));
    await expectAccessible(page, `labs/${empty}/students`, (at) => at.getByText('Nobody has joined yet'));
    await expectAccessible(page, `labs/${empty}/records`, (at) => at.getByText('Nothing has been sent yet'));
    await expectAccessible(page, `labs/${empty}/grades`, (at) => at.getByText('This lab has no assignment'));
    const anybody = await newPage(browser);
    await anybody.emulateMedia({ colorScheme });
    await expectAccessible(anybody, 'sign-in', (at) => at.getByRole('heading', { name: 'Sign in' }));
    await expectAccessible(anybody, new URL(started.teacherLink).hash.replace('#', 'link#'), (at) =>
      at.getByRole('main'),
    );
    await anybody.context().close();
  });

  for (const [where, width] of [
    ['on a desk', 1280],
    ['on a phone', 390],
  ] as const) {
    test(`a student’s own page is accessible ${where}, ${colorScheme}`, async ({ browser }) => {
      const own = await newPage(browser);
      await own.setViewportSize({ width, height: 844 });
      await own.emulateMedia({ colorScheme });
      await expectAccessible(own, 'me', (at) => at.getByRole('button', { name: 'Show what is stored' }));
      await own.evaluate((token) => sessionStorage.setItem('nbpulse-own-page', token), clients[0]!.me.token);
      await expectAccessible(own, 'me', (at) => at.getByRole('list', { name: /newest first/ }));
      const folded = own.locator('.me-question[aria-expanded="false"]');
      while ((await folded.count()) > 0) await folded.first().click();
      await expect(own.getByText('def is_prime').first()).toBeVisible();
      expect.soft(await complaints(own), 'with every question open').toEqual([]);
      const sideways = await own.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(sideways, 'pixels that the page is too wide').toBeLessThanOrEqual(0);
      await own
        .getByRole('button', { name: /^Open: Checkpoint/ })
        .first()
        .click();
      await expect(own.getByRole('dialog').getByText(labScript[0]!.title).first()).toBeVisible();
      expect.soft(await complaints(own), 'a stored notebook').toEqual([]);
      await own.context().close();
    });
  }

  test(`the class is accessible on a phone, ${colorScheme}`, async () => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 390, height: 844 });
    await expectAccessible(page, `labs/${lab}`, (at) => at.getByText(studentName(0)));
    await expect(page.getByRole('link', { name: /^m \d answered/ })).toBeVisible();
    await expect(page.getByRole('link', { name: /^m\.a/ })).toHaveCount(0);
    await expectAccessible(page, `labs/${lab}/questions/h-code`, (at) => at.getByText(/def is_prime/));
    await expectAccessible(page, `labs/${lab}/records`, (at) => at.getByRole('row', { name: /def is_prime/ }));
    await page.setViewportSize({ width: 1440, height: 900 });
  });
}
