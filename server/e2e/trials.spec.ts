/**
 * The visible tests run from the student's panel, in a real JupyterLab and the real sandbox: what failed is told, nothing is handed in,
 * and Submit is as it was before. NBPULSE_PICTURES=folder keeps a picture of each state.
 */
import { expect, test, type APIRequestContext } from '@playwright/test';
import {
  assignmentManifest,
  assignmentView,
  gradeTable,
  labView,
  sessionView,
  type GradeTable,
} from '@nbpulse/schema/wire';
import { z } from 'zod';
import { notebook } from '../test/course-work.js';
import { inBothThemes, looksRight } from './panel-look.js';
import { startNbpulse, type Started } from './started.js';
import { StudentPage } from './student-page.js';
import { TeacherApi } from './teacher-api.js';

const tests = `import pandas as pd
import pytest
from submission import cities, longest_word_of_a_text, mean

HIDDEN_CASES = [([41, 43], 42)]


@pytest.mark.visible
@pytest.mark.points(2)
def test_mean():
    assert mean([1, 2, 6]) == pytest.approx(3)


@pytest.mark.visible
def test_mean_of_nothing_is_zero():
    assert mean([]) == 0


@pytest.mark.visible
def test_cities():
    expected = pd.DataFrame({"city": ["Bern", "Graz"], "people": [134_000, 292_000]})
    pd.testing.assert_frame_equal(cities(), expected)


@pytest.mark.visible
def test_longest_word_of_a_text_with_several_sentences():
    assert longest_word_of_a_text("One small step. A giant leap for humanity.") == "humanity"


@pytest.mark.parametrize("given, wanted", HIDDEN_CASES)
def test_secret(given, wanted):
    assert mean(given) == wanted
`;
const right = `import pandas as pd
def mean(values):
    return sum(values) / len(values) if values else 0
def cities():
    return pd.DataFrame({"city": ["Bern", "Graz"], "people": [134_000, 292_000]})
def longest_word_of_a_text(text):
    return max(text.replace(".", "").split(), key=len)
`;
const wrong = right
  .replace(' if values else 0', '')
  .replace('"Graz"', '"graz"')
  .replace('292_000', '291_000')
  .replace('key=len', 'key=str.lower');

let started: Started;
let request: APIRequestContext;
let api: TeacherApi;

test.beforeAll(async ({ playwright }) => {
  started = await startNbpulse();
  request = await playwright.request.newContext({ extraHTTPHeaders: { origin: started.server } });
  api = new TeacherApi(request, started.server);
  await api.signInByLink(started);
});
test.afterAll(async () => {
  await started.stop();
});

const b64 = (bytes: string | Uint8Array): string => Buffer.from(bytes).toString('base64');

async function send(method: 'POST' | 'PUT' | 'PATCH', path: string, data: object): Promise<unknown> {
  const reply = await request.fetch(`${started.server}/api/v1/${path}`, { method, data });
  expect(reply.ok(), `${path}: ${await reply.text()}`).toBe(true);
  return reply.status() === 204 ? null : reply.json();
}

test('Run the tests: the result is in the panel, and nothing is handed in', async ({ page }) => {
  test.setTimeout(420_000);
  const [course] = sessionView.parse(await api.get('session')).courses;
  const courseId = course?.id ?? '';
  const lab = labView.parse(await send('POST', `courses/${courseId}/labs`, { name: 'Trials' }));
  await send('PATCH', `labs/${lab.id}`, { status: 'open' });
  await send('POST', `courses/${courseId}/assignments`, {
    manifest: assignmentManifest.parse({ slug: 'means', title: 'Means', points: 6, solution: 'solution.ipynb' }),
    files: [
      { path: 'template.ipynb', b64: b64(notebook(['mean = cities = longest_word_of_a_text = None'])) },
      { path: 'solution.ipynb', b64: b64(notebook([right])) },
      { path: 'tests/test_means.py', b64: b64(tests) },
    ],
  });
  await send('PUT', `labs/${lab.id}/assignments/means`, {});
  const assignments = z.object({ assignments: z.array(assignmentView) });
  const gradedBy = async (): Promise<number | null | undefined> =>
    assignments.parse(await api.get(`courses/${courseId}/assignments`)).assignments.find(({ slug }) => slug === 'means')
      ?.gradedBy;
  await expect.poll(gradedBy, { timeout: 180_000 }).toBe(1);
  const cells = async (): Promise<GradeTable['rows'][number]['cells']> =>
    gradeTable.parse(await api.get(`labs/${lab.id}/grades`)).rows.flatMap((row) => row.cells);

  const student = new StudentPage(page, started);
  const { panel } = student;
  await student.write('means.ipynb', [{ id: 'all', source: wrong }], {
    server: started.server,
    lab: lab.id,
    joinCode: lab.joinCode,
  });
  await student.open('means.ipynb');
  await student.join('Hypatia');

  // By keyboard, as anybody may.
  await panel.getByRole('button', { name: 'Run the tests' }).focus();
  await page.keyboard.press('Enter');
  await expect(panel).toContainText('1 of 4 visible tests pass', { timeout: 120_000 });
  await expect(panel).toContainText('worth 2 of 5 when handed in');
  const failed = panel.getByRole('list', { name: 'Tests' }).getByRole('listitem');
  await expect(failed.filter({ hasText: 'test_mean_of_nothing' })).toContainText('ZeroDivisionError');
  await expect(failed.filter({ hasText: 'test_mean_of_nothing' })).toContainText('return sum(values) / len(values)');
  await expect(failed.filter({ hasText: 'test_cities' })).toContainText('291000');
  await expect(panel).toContainText('Nothing was handed in');
  await expect(panel).not.toContainText('test_secret');
  await expect(panel).not.toContainText('41');
  await inBothThemes(student, (theme) => looksRight(student, `trial-failed-${theme}`));
  expect(await cells()).toMatchObject([{ status: 'none', submissions: 0 }]);

  await panel.getByRole('button', { name: 'Back' }).click();
  await expect(panel.getByRole('button', { name: /1 of 4 tests pass/ })).toContainText('not handed in');
  await inBothThemes(student, (theme) => looksRight(student, `trial-line-${theme}`));

  await student.replace(0, right);
  await panel.getByRole('button', { name: 'Run the tests again' }).click();
  await expect(panel).toContainText('4 of 4 visible tests pass', { timeout: 120_000 });
  await inBothThemes(student, (theme) => looksRight(student, `trial-passed-${theme}`));
  expect(await cells()).toMatchObject([{ status: 'none', submissions: 0 }]);

  await student.replace(0, wrong);
  await panel.getByRole('button', { name: 'Submit', exact: true }).click();
  await expect(panel.locator('.nbp-Big')).toHaveText('3', { timeout: 120_000 });
  await expect(panel).toContainText('hidden test_secret');
  await inBothThemes(student, (theme) => looksRight(student, `submission-failed-${theme}`));
  expect(await cells()).toMatchObject([{ status: 'done', submissions: 1, points: 3 }]);
});
