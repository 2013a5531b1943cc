/**
 * The student's side in a real JupyterLab and Notebook 7: what is said before joining, what is stored, the switch, deletion, passive
 * activity, closed and deleted labs, renumbering. What the teacher sees of each is asked over the API.
 */
import { readFileSync } from 'node:fs';
import { expect, test, type APIRequestContext, type Locator } from '@playwright/test';
import { labView, sessionView, type LabView, type RecordView } from '@nbpulse/schema/wire';
import { inBothThemes, looksRight } from './panel-look.js';
import { startNbpulse, type Started } from './started.js';
import { StudentPage } from './student-page.js';
import { TeacherApi } from './teacher-api.js';

let started: Started;
let request: APIRequestContext;
let api: TeacherApi;

test.beforeAll(async ({ playwright }) => {
  started = await startNbpulse({ args: ['--no-grading'] });
  request = await playwright.request.newContext({ extraHTTPHeaders: { origin: started.server } });
  api = new TeacherApi(request, started.server);
  await api.signInByLink(started);
});
test.afterAll(async () => {
  await started.stop();
});

async function change(lab: LabView, data: Record<string, unknown>): Promise<void> {
  const reply = await request.patch(`${started.server}/api/v1/labs/${lab.id}`, { data });
  expect(reply.ok(), await reply.text()).toBe(true);
}
async function openLab(name: string, settings: Record<string, boolean>): Promise<LabView> {
  const [course] = sessionView.parse(await api.get('session')).courses;
  const reply = await request.post(`${started.server}/api/v1/courses/${course?.id}/labs`, { data: { name } });
  expect(reply.ok(), await reply.text()).toBe(true);
  const lab = labView.parse(await reply.json());
  await change(lab, { status: 'open', settings });
  return lab;
}
const linkTo = ({ id, joinCode }: LabView): Record<string, string> => ({ server: started.server, lab: id, joinCode });
const sent = async (lab: LabView, name: string, question: string): Promise<RecordView[]> =>
  api.records(lab.id, name, question).catch(() => []);

const opened = async (details: Locator): Promise<void> => {
  await details.locator('summary').click();
  await expect(details).toHaveAttribute('open');
};

test('what is stored is told before joining, shown whole, taken along, deleted', async ({ page }) => {
  const lab = await openLab('Stored', { activity: true, mayDelete: true });
  const name = 'Sofya Kovalevskaya';
  const student = new StudentPage(page, started);
  const cells = [
    { id: 'dict', source: 'from nbpulse import send\nsend({"k": 4, "far": list(range(2000))}, 1)' },
    { id: 'plot', source: 'import matplotlib.pyplot as plt\nplt.plot([1, 4, 2])\nsend(plt, "plot")' },
    { id: 'error', source: 'secret = 1\n[][3]' },
  ];
  await student.write('stored.ipynb', cells, linkTo(lab));
  await student.open('stored.ipynb');
  await expect(student.panel).toContainText('which cell you ran and the class of an error, not your code');
  await expect(student.panel).toContainText('Erased 12 months after the lab closes');
  await inBothThemes(student, (theme) => looksRight(student, `join-activity-${theme}`));
  await student.join(name);
  await student.run(0);
  await student.run(1);
  await expect.poll(async () => (await sent(lab, name, 'plot')).length).toBe(1);
  await student.run(2);
  const activity = async () => (await api.state(lab.id)).latestActivity;
  await expect
    .poll(activity)
    .toEqual([expect.objectContaining({ what: 'error', question: null, error: 'IndexError' })]);
  expect(JSON.stringify(await activity())).not.toContain('secret');

  await student.panel.getByRole('button', { name: 'What is stored about me' }).click();
  const records = student.panel.getByRole('list', { name: 'Records' }).getByRole('listitem');
  await expect(records).toHaveCount(2);
  await opened(records.nth(0).locator('details'));
  const picture = records.nth(0).locator('img');
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(100);
  await opened(records.nth(1).locator('details'));
  // Too long for the list: fetched when it is opened, with all that was recorded of it.
  await expect(records.nth(1)).toContainText('999, … 1000 more');
  await opened(student.panel.locator('.nbp-Group', { hasText: 'cell runs told to your teacher' }));
  await expect(student.panel.locator('.nbp-Group')).toContainText('IndexError');
  await inBothThemes(student, (theme) => looksRight(student, `stored-${theme}`));

  const download = page.waitForEvent('download');
  await student.panel.getByRole('button', { name: 'Download everything' }).click();
  const archive = readFileSync(await (await download).path());
  expect(archive.subarray(0, 2).toString()).toBe('PK');
  const popup = page.waitForEvent('popup');
  await student.panel.getByRole('button', { name: 'Open as a page' }).click();
  const own = await popup;
  await expect(own.getByText(name).first()).toBeVisible();
  await own.close();

  await records.nth(1).getByRole('button', { name: 'Delete this record' }).click();
  await records.nth(1).getByRole('button', { name: 'Delete for good' }).click();
  await expect(records.nth(1)).toContainText('deleted');
  expect((await sent(lab, name, '1')).map(({ deleted, value }) => [deleted, value])).toEqual([[true, null]]);
});

test('the switch holds over a reload and for all that runs; passive activity begins when the student has read of it', async ({
  page,
}) => {
  const lab = await openLab('Switch', { activity: false, mayDelete: false });
  const name = 'Mary Cartwright';
  const student = new StudentPage(page, started);
  const cells = [1, 2, 3].map((n) => ({ id: `c${n}`, source: `from nbpulse import send\nsend(${n}, "q")` }));
  await student.write('switch.ipynb', cells, linkTo(lab));
  await student.open('switch.ipynb');
  await expect(student.panel).not.toContainText('which cell you ran');
  await inBothThemes(student, (theme) => looksRight(student, `join-${theme}`));
  await student.join(name);
  await student.run(0);
  await expect.poll(async () => (await sent(lab, name, 'q')).length).toBe(1);

  await student.panel.getByRole('button', { name: 'What is stored about me' }).click();
  await student.panel.getByRole('switch', { name: 'Send to my teacher' }).click();
  const seen = async () => (await api.state(lab.id)).participants.find((one) => one.name === name)?.sending;
  await expect.poll(seen).toBe(false);
  await page.reload();
  await student.idle();
  await student.showPanel();
  await expect(page.getByRole('button', { name: 'nbpulse: sending off' })).toBeVisible();
  await inBothThemes(student, (theme) => looksRight(student, `sending-off-${theme}`));
  // Notebook 7 has no status bar: its toolbar says so, and opens the panel.
  await student.open('switch.ipynb', 'notebooks');
  await page.getByRole('button', { name: 'nbpulse: sending off' }).click();
  await expect(student.panel).toBeVisible();
  await student.run(1);
  await expect(student.cellMark(1)).toContainText('not sent: sending is off');
  await student.panel.getByRole('button', { name: 'Switch sending on' }).click();
  await expect.poll(seen).toBe(true);
  await student.run(2);
  await expect(student.cellMark(2)).toContainText('saved');
  expect((await sent(lab, name, 'q')).map(({ summary }) => summary)).toEqual(['1', '3']);

  await student.open('switch.ipynb');
  await student.showPanel();
  await change(lab, { settings: { activity: true } });
  await expect(student.panel).toContainText('Your teacher asks for a little more', { timeout: 30_000 });
  await inBothThemes(student, (theme) => looksRight(student, `activity-asked-${theme}`));
  await student.run(0);
  await expect(student.cellMark(0)).toContainText('saved');
  expect((await api.state(lab.id)).latestActivity).toEqual([]);
  await student.panel.getByRole('button', { name: 'Go on' }).click();
  await student.run(0);
  const activity = async () => (await api.state(lab.id)).latestActivity;
  await expect.poll(activity).toEqual([expect.objectContaining({ what: 'cell-run', question: 'q' })]);
});

test('a closed lab keeps what comes later and takes it when it opens; a deleted one leaves it to be downloaded', async ({
  page,
}) => {
  const lab = await openLab('Closing', {});
  const name = 'Emmy Noether';
  const student = new StudentPage(page, started);
  const cells = [1, 2].map((n) => ({ id: `c${n}`, source: `from nbpulse import send\nsend(${n}, "q")` }));
  await student.write('closing.ipynb', cells, linkTo(lab));
  await student.open('closing.ipynb');
  await student.join(name);
  await change(lab, { status: 'closed' });
  await expect(student.panel).toContainText('The lab takes no more answers.');
  await student.run(0);
  await expect(student.cellMark(0)).toContainText('kept here: the lab is closed');
  expect(await sent(lab, name, 'q')).toEqual([]);
  await page.reload();
  await student.idle();
  await student.showPanel();
  await expect(student.panel).toContainText('One of yours came later');
  await change(lab, { status: 'open' });
  await expect.poll(async () => (await sent(lab, name, 'q')).map(({ summary }) => summary)).toEqual(['1']);

  const reply = await request.delete(`${started.server}/api/v1/labs/${lab.id}`, { data: { joinCode: lab.joinCode } });
  expect(reply.ok(), await reply.text()).toBe(true);
  await expect(student.panel).toContainText('Lab deleted');
  await student.run(1);
  await expect(student.panel).toContainText('1 record of yours was not sent');
  await inBothThemes(student, (theme) => looksRight(student, `deleted-${theme}`));
  const download = page.waitForEvent('download');
  await student.panel.getByRole('button', { name: 'Download what was not sent' }).click();
  const file = JSON.parse(readFileSync(await (await download).path(), 'utf8')) as { records: { event: unknown }[] };
  expect(file.records.map(({ event }) => event)).toEqual([
    expect.objectContaining({ question: 'q', value: expect.objectContaining({ t: 'int', v: 2 }) }),
  ]);
});

test('renumbering shows the difference, changes the cells, and undo takes it back; in Notebook 7 too', async ({
  page,
}) => {
  const lab = await openLab('Numbers', {});
  const student = new StudentPage(page, started);
  const cells = [
    { id: 'a', source: '%matplotlib inline\nsend(a, 3)' },
    { id: 'b', source: '# send(x, 9)\nsend(b, "3b")' },
    { id: 'c', source: 'send(c, "warm-up")\nsend(d, 1)' },
  ];
  await student.write('numbers.ipynb', cells, linkTo(lab));
  for (const front of ['lab/tree', 'notebooks'] as const) {
    await student.open('numbers.ipynb', front);
    if (front === 'notebooks') await expect(page.getByRole('button', { name: /^nbpulse: / })).toBeVisible();
    await student.command('Renumber send lines');
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('3 numbers in 3 cells would change');
    await expect(dialog).toContainText('("warm-up")');
    await dialog.getByRole('button', { name: 'Renumber' }).click();
    await expect(student.cell(0)).toContainText('send(a, 1)');
    await expect(student.cell(1)).toContainText('send(b, "1b")');
    await expect(student.cell(1)).toContainText('# send(x, 9)');
    await expect(student.cell(2)).toContainText('send(d, 2)');
    await student.cell(0).locator('.cm-content').click();
    await page.keyboard.press('ControlOrMeta+Z');
    await expect(student.cell(0)).toContainText('send(a, 3)');
    await expect(student.cell(1)).toContainText('send(b, "1b")');
  }
});
