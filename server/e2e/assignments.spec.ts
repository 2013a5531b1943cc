/**
 * An assignment as its author meets it on the teacher's pages: pushed, checked by the server's own worker in the sandbox, told
 * what stops it, mended, and graded. NBPULSE_PICTURES=folder keeps a picture of each page.
 */
import { expect, test, type Page } from '@playwright/test';
import { assignmentManifest, type AssignmentManifest } from '@nbpulse/schema/wire';
import { notebook } from '../test/course-work.js';
import { look, tooWide } from './look.js';
import { startNbpulse, type Started } from './started.js';
import { TeacherApi } from './teacher-api.js';

const solution = `class Vector:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __eq__(self, other):
        return isinstance(other, Vector) and (self.x, self.y) == (other.x, other.y)

    def __mul__(self, factor):
        return Vector(self.x * factor, self.y * factor)


def length(v):
    return (v.x ** 2 + v.y ** 2) ** 0.5
`;
const tests = `from submission import Vector, length


def test_length():
    assert length(Vector(3, 4)) == 5


def test_scaled():
    scaled = Vector(1, 2) * 3
    assert (scaled.x, scaled.y) == (3, 6)


def test_equal():
    assert Vector(1, 2) == Vector(1, 2)
`;

let started: Started;
let page: Page;
let course: string;

async function push(given: { solution: string; tests?: string }, manifest: Partial<AssignmentManifest>): Promise<void> {
  const files = {
    'template.ipynb': notebook(['class Vector:\n    ...\n\n\ndef length(v):\n    ...']),
    'solution.ipynb': notebook([given.solution]),
    'tests/test_vectors.py': given.tests ?? tests,
  };
  const reply = await page.request.post(`${started.server}/api/v1/courses/${course}/assignments`, {
    headers: { origin: started.server },
    data: {
      manifest: assignmentManifest.parse({
        slug: 'vectors',
        title: 'Vectors',
        solution: 'solution.ipynb',
        ...manifest,
      }),
      files: Object.entries(files).map(([path, text]) => ({ path, b64: Buffer.from(text).toString('base64') })),
    },
  });
  expect(reply.ok(), await reply.text()).toBe(true);
}

test.beforeAll(async ({ browser }) => {
  test.setTimeout(360_000);
  started = await startNbpulse({ notebook: false });
  page = await browser.newPage();
  const api = new TeacherApi(page.request, started.server);
  await api.signInByLink(started);
  const session = (await api.get('session')) as { courses: { id: string }[] };
  course = session.courses[0]!.id;
});
test.afterAll(async () => {
  await page.close();
  await started.stop();
});

test('a version is checked, stopped in words, mended and let pass, and the page follows', async () => {
  test.setTimeout(480_000);
  await push(
    {
      solution: solution.replace('** 0.5', '** 2'),
      tests: `import pickle\n\n${tests}\n\ndef test_kept():\n    pickle.dumps(3)\n    assert length(Vector(0, 2)) == 2\n`,
    },
    {},
  );
  await page.goto(started.server);
  await page.getByRole('link', { name: 'Assignments' }).click();
  await expect(page.getByRole('heading', { name: 'Assignments' })).toBeVisible();
  await look(page, 'assignments');
  await page.getByRole('link', { name: 'Vectors' }).click();
  await expect(page.locator('.verdict')).toContainText('Version 1 is stopped by its check', { timeout: 60_000 });
  await expect(page.locator('.verdict')).toContainText('Nobody is graded.');
  const mend = page.locator('.findings', { hasText: 'To be mended' });
  await expect(mend.getByRole('listitem').filter({ hasText: 'test_length' })).toContainText(
    'The solution loses points',
  );
  await expect(mend).toContainText('Mend the solution or the test.');
  await expect(page.locator('.findings', { hasText: 'To know about' })).toContainText('Pickles');
  await look(page, 'assignment-stopped');

  await push({ solution }, { points: 9 });
  await page.reload();
  await expect(page.locator('.verdict')).toContainText('Version 2 is good', { timeout: 60_000 });
  await expect(page.locator('.verdict')).toContainText('Submissions are graded by version 2.');
  await expect(page.getByRole('heading', { name: 'What a student’s class may do here' }).first()).toBeVisible();
  await expect(page.locator('.profile').first()).toContainText('Vector is asked for');
  await page.locator('.earlier summary').click();
  await look(page, 'assignment-good');

  // On a phone nothing is cut off.
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(page.locator('.verdict')).toBeVisible();
  expect(await tooWide(page)).toBe(0);
  await look(page, 'assignment-phone');
});
