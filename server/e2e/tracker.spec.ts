/**
 * A notebook written for notebook-progress-tracker in a student's JupyterLab, unedited but for its host: its records show on the
 * teacher's page as those of an unverified sender, and a message of the teacher shows in the notebook.
 */
import { expect, test, type Page } from '@playwright/test';
import { startNbpulse, type Started } from './started.js';
import { StudentPage } from './student-page.js';
import { TeacherApi } from './teacher-api.js';

let started: Started;
let teacherPage: Page;
let studentPage: Page;
let api: TeacherApi;

test.beforeAll(async ({ browser }) => {
  test.setTimeout(360_000);
  started = await startNbpulse();
  teacherPage = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  studentPage = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  api = new TeacherApi(teacherPage.request, started.server);
});
test.afterAll(async () => {
  await teacherPage.context().close();
  await studentPage.context().close();
  await started.stop();
});

test('a tracker notebook records, shows as unverified, and hears the teacher', async () => {
  await api.signInByLink(started);
  const [lab] = await api.labs();
  const headers = { origin: started.server };
  const settings = { trackerDoor: true, parts: ['morning'] };
  const patched = await teacherPage.request.patch(`${started.server}/api/v1/labs/${lab!.id}`, {
    headers,
    data: { settings },
  });
  expect(patched.ok(), await patched.text()).toBe(true);

  const student = new StudentPage(studentPage, started);
  const cells = [
    `import numpy as np\nimport requests\nfrom IPython.display import Javascript\n\nbaseurl = "${new URL(started.server).host}"\nexec(requests.get(f"http://{baseurl}/get-send-code").content)\n\nnpt_config = {\n    'session_name': ${JSON.stringify(lab!.name)},\n    'session_owner': 'dorothy',\n    'sender_name': "Katherine Johnson",\n    'part_name': 'morning',\n    'log': True,\n}`,
    'A = np.arange(6).reshape(2, 3)\nsend(A, 1)',
    'npt_init_pusher()',
    'import matplotlib.pyplot as plt\nplt.plot([1, 3, 2])\nsend(plt, 2)',
  ].map((source, index) => ({ id: `tracker-${index}`, source }));
  await student.write('tracker.ipynb', cells, {});
  await student.open('tracker.ipynb');
  await student.runAll();
  await expect(student.cell(1)).toContainText('Success: Record inserted');

  await teacherPage.goto(`${started.server}/labs/${lab!.id}`);
  const row = teacherPage.getByRole('row', { name: /Katherine Johnson/ });
  await expect(row).toContainText('unverified');
  await expect(row.getByRole('gridcell', { name: /question 1: answered/ })).toBeVisible();
  await expect(row.getByRole('gridcell', { name: /question 2: answered/ })).toBeVisible();
  expect(await api.records(lab!.id, 'Katherine Johnson', '1')).toMatchObject([
    { part: 'morning', value: { t: 'array', shape: [2, 3] } },
  ]);

  const { participants } = await api.state(lab!.id);
  await teacherPage.goto(`${started.server}/labs/${lab!.id}/students/${participants[0]!.id}`);
  await expect(teacherPage.getByText(/part morning/).first()).toBeVisible();

  // Until the page listens there is nobody to hear it; a message that came before is not shown.
  const message = {
    session_name: lab!.name,
    title: 'Ten minutes left',
    body: 'Have a look at <b>question 2</b>.<img src=x onerror="window.hacked = true">',
    code: 'plt.title("Speed")',
    type: 'warning',
  };
  const toast = studentPage.locator('.vanillatoasts-toast').first();
  await expect(async () => {
    const sent = await teacherPage.request.post(`${started.server}/send-push`, { headers, form: message });
    expect(await sent.text()).toBe('Message sent');
    await expect(toast).toBeVisible({ timeout: 3_000 });
  }).toPass({ timeout: 30_000 });
  await expect(toast).toContainText('Ten minutes left');
  await expect(toast.locator('b')).toHaveText('question 2');
  await expect(toast.locator('img')).toHaveCount(0);
  expect(await studentPage.evaluate(() => 'hacked' in window)).toBe(false);
  await expect(toast).toContainText('plt.title("Speed")');
  await studentPage.screenshot({ path: test.info().outputPath('message.png') });
  await teacherPage.screenshot({ path: test.info().outputPath('class.png') });
  await toast.getByRole('button', { name: 'Close' }).click();
});
