/**
 * Feedback, whole: notebooks graded in the real sandbox; what the student reads, what staff read, the executed notebook, and who
 * fails alike. NBPULSE_PICTURES=folder keeps a picture of each page.
 */
import { randomUUID } from 'node:crypto';
import { expect, test, type Page } from '@playwright/test';
import { assignmentManifest, joinReply, labView, myPageLink, sessionView, submissionView } from '@nbpulse/schema/wire';
import { notebook } from '../test/course-work.js';
import { look, tooWide } from './look.js';
import { startNbpulse, type Started } from './started.js';
import { TeacherApi } from './teacher-api.js';

const tests = `import numpy as np
import pandas as pd
import pytest
from submission import centre, cities, mean, words


@pytest.mark.visible
def test_mean():
    assert mean([1, 2, 6]) == pytest.approx(3)


@pytest.mark.visible
def test_mean_of_nothing():
    assert mean([]) == 0


@pytest.mark.visible
def test_centre():
    np.testing.assert_allclose(centre(np.array([[1.0, 2.0], [3.0, 6.0]])), [[-1, -2], [1, 2]])


@pytest.mark.visible
def test_cities():
    expected = pd.DataFrame({"city": ["Bern", "Graz"], "people": [134_000, 292_000]})
    pd.testing.assert_frame_equal(cities(), expected)


@pytest.mark.visible
def test_words():
    assert words("a b a") == {"a": 2, "b": 1}


def test_secret():
    assert mean([41, 43]) == 42
`;
const right = `import numpy as np
import pandas as pd
def mean(values):
    return sum(values) / len(values) if values else 0
def centre(x):
    return x - x.mean(axis=0)
def cities():
    return pd.DataFrame({"city": ["Bern", "Graz"], "people": [134_000, 292_000]})
def words(text):
    return {word: text.split().count(word) for word in text.split()}
`;
const wrong = [
  `import numpy as np\nimport pandas as pd\nimport matplotlib.pyplot as plt\n\n\ndef mean(values):\n    total = sum(values)\n    return total / len(values) + 0.5`,
  `def centre(x):\n    return x - x.mean()\n\ncentre(np.array([[1.0, 2.0], [3.0, 6.0]]))`,
  `def cities():\n    return pd.DataFrame({"city": ["Bern", "graz"], "people": [134_000, 291_000]})\n\nplt.plot([1, 3, 2]);\ncities()`,
  `def words(text):\n    return {word: 1 for word in text.split()} | {"c": 0}\n\nprint("counted", words("a b a"))\nwords(3)`,
];

let started: Started;
let page: Page;
let lab: string;
let code: string;

test.beforeAll(async ({ browser }) => {
  test.setTimeout(360_000);
  started = await startNbpulse({ notebook: false });
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const teacher = new TeacherApi(page.request, started.server);
  await teacher.signInByLink(started);
  const { courses } = sessionView.parse(await teacher.get('session'));
  const course = courses[0]!.id;
  const send = async (method: 'POST' | 'PUT' | 'PATCH', path: string, data: object): Promise<unknown> => {
    const reply = await page.request.fetch(`${started.server}/api/v1/${path}`, {
      method,
      headers: { origin: started.server },
      data,
    });
    expect(reply.ok(), `${path}: ${await reply.text()}`).toBe(true);
    return reply.status() === 204 ? null : reply.json();
  };
  const made = labView.parse(await send('POST', `courses/${course}/labs`, { name: 'Feedback', questions: [] }));
  lab = made.id;
  code = made.joinCode;
  await send('PATCH', `labs/${lab}`, { status: 'open' });
  const b64 = (bytes: string | Uint8Array): string => Buffer.from(bytes).toString('base64');
  await send('POST', `courses/${course}/assignments`, {
    manifest: assignmentManifest.parse({ slug: 'means', title: 'Means', points: 6, solution: 'solution.ipynb' }),
    files: [
      { path: 'template.ipynb', b64: b64(notebook(['mean = centre = cities = words = None'])) },
      { path: 'solution.ipynb', b64: b64(notebook([right])) },
      { path: 'tests/test_means.py', b64: b64(tests) },
    ],
  });
  await send('PUT', `labs/${lab}/assignments/means`, {});
});
test.afterAll(async () => {
  await page.close();
  await started.stop();
});

/** Joins, hands in, and waits for the result. */
async function handIn(name: string, cells: string[]): Promise<{ token: string; id: string }> {
  const api = `${started.server}/api/v1`;
  const joined = joinReply.parse(
    await (
      await page.request.post(`${api}/join`, { data: { code, name, device: { kind: 'browser', label: 'test' } } })
    ).json(),
  );
  const headers = { authorization: `Bearer ${joined.token}` };
  const id = randomUUID();
  const sent = await page.request.post(`${api}/me/submissions?assignment=means`, {
    headers: { ...headers, 'x-nbpulse-id': id, 'content-type': 'application/octet-stream' },
    data: Buffer.from(notebook(cells)),
  });
  expect(sent.status()).toBe(201);
  await expect
    .poll(
      async () =>
        submissionView.parse(await (await page.request.get(`${api}/me/submissions/${id}`, { headers })).json()).status,
      { timeout: 90_000 },
    )
    .toBe('done');
  return { token: joined.token, id };
}

test('a failed test is laid out for the student and for staff, with the executed notebook', async ({ browser }) => {
  test.setTimeout(480_000);
  const ada = await handIn('Ada', wrong);
  await handIn('Bertrand', [wrong[0]!, wrong[1]!, wrong[2]!, right.split('def words')[1]!.replace(/^/, 'def words')]);

  await page.goto(`${started.server}/labs/${lab}/grades`);
  await page.getByRole('button', { name: /Ada, means/ }).click();
  const aside = page.getByRole('complementary', { name: 'Submission' });
  await expect(aside.getByText('mean([1, 2, 6])', { exact: true })).toBeVisible();
  const table = aside.getByRole('group', { name: 'Differences in test_cities' });
  await expect(table.getByRole('row', { name: /row 1, column "people"/ })).toContainText('292000');
  await expect(aside.getByRole('group', { name: 'Differences in test_centre' })).toContainText('[0, 0]');
  await expect(aside.getByLabel('The line that raised in test_mean_of_nothing')).toContainText('total / len(values)');
  await expect(aside.locator('.t', { hasText: 'test_secret' })).not.toContainText('42');
  const alike = page.getByRole('region', { name: 'Means' });
  await alike.getByRole('button', { name: /^2.*assert.*3\.5/ }).click();
  await expect(alike.getByRole('button', { name: 'Bertrand' })).toBeVisible();
  await expect(aside.locator('.t', { hasText: 'test_centre' })).toContainText('0 of 2 of the class passed');
  await look(page, 'grades');

  await aside.getByRole('button', { name: /Open: .* when it ran/ }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('img', { name: 'Output of cell 3' })).toBeVisible();
  await expect(dialog).toContainText("counted {'a': 1, 'b': 1, 'c': 0}");
  await expect(dialog).toContainText("AttributeError: 'int' object has no attribute 'split'");
  await look(page, 'executed');
  await page.keyboard.press('Escape');
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await tooWide(page)).toBe(0);
  await look(page, 'grades-phone');

  const link = await page.request.post(`${started.server}/api/v1/me/page`, {
    headers: { authorization: `Bearer ${ada.token}` },
  });
  const own = await browser.newPage({ viewport: { width: 390, height: 844 } });
  await own.goto(myPageLink.parse(await link.json()).url);
  await expect(own.getByRole('group', { name: 'Differences in test_cities' })).toContainText("'graz'");
  await expect(own.getByText('test_secret')).toBeVisible();
  expect(await own.content()).not.toContain('mean([41, 43])');
  expect(await tooWide(own)).toBe(0);
  await look(own, 'me-phone');
  await own.getByRole('button', { name: /Open: .* when it ran/ }).click();
  await expect(own.getByRole('dialog')).toContainText('counted');
  await own.close();
});
