/** One student's page as staff use it: live timeline, what changed between checkpoints, a note that only staff see, a class list. */
import { expect, test, type Page } from '@playwright/test';
import { code, float } from '../simulator/encode.js';
import { join, ParticipantClient } from '../simulator/participant-client.js';
import { startNbpulse, type Started } from './started.js';
import { TeacherApi } from './teacher-api.js';

let started: Started;
let page: Page;
let lab: { id: string; joinCode: string };
let ada: ParticipantClient;

const notebook = (...sources: string[]): Uint8Array<ArrayBuffer> => {
  const cells = sources.map((source, index) => ({
    cell_type: 'code',
    id: `cell-${String(index)}`,
    metadata: {},
    execution_count: 1,
    outputs: [],
    source,
  }));
  return new TextEncoder().encode(JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells }));
};
const manhattan = (sign: string) => `def manhattan(a, b):\n    return (a ${sign} b).sum()`;

test.beforeAll(async ({ browser }) => {
  test.setTimeout(360_000);
  started = await startNbpulse({ notebook: false, args: ['--no-grading'] });
  page = await (await browser.newContext({ reducedMotion: 'reduce' })).newPage();
  const api = new TeacherApi(page.request, started.server);
  await api.signInByLink(started);
  lab = (await api.labs()).find(({ name }) => name === 'Hello send')!;
});
test.afterAll(async () => {
  ada.close();
  await page.context().close();
  await started.stop();
});

test('a listed name comes, works, and staff read what happened', async () => {
  await page.goto(`${started.server}/labs/${lab.id}/students`);
  await page.getByRole('button', { name: 'Class list…' }).click();
  await page.getByLabel('Names').fill('Name,Section\n"Ada Lovelace",A\nEmmy Noether,B');
  await page.getByRole('button', { name: 'Add 2 names' }).click();
  const row = page.getByRole('row', { name: /Ada Lovelace/ });
  await expect(row).toContainText('never opened');

  ada = new ParticipantClient(
    started.server,
    await join({ server: started.server, code: lab.joinCode, name: 'ada lovelace' }),
  );
  await ada.opened();
  await expect(row).toContainText('online');
  await expect(page.getByRole('row', { name: /Emmy Noether/ })).toContainText('never opened');
  await row.getByRole('link').click();

  const lines = page.getByRole('list', { name: 'Timeline' });
  await expect(lines.getByText('Joined')).toBeVisible();
  await ada.send('1', float(0.312));
  await ada.send('1', float(0.553));
  const sent = lines.getByRole('list', { name: 'Sent to 1' });
  await expect(sent).toContainText('0.312');
  await expect(sent).toContainText('0.553');
  await ada.send('2', code('manhattan', manhattan('+')));
  await ada.send('2', code('manhattan', manhattan('-')));
  const changed = lines.getByRole('group', { name: 'What changed in 2' });
  await expect(changed.locator('.removed mark')).toHaveText('+');
  await expect(changed.locator('.added mark')).toHaveText('-');

  await ada.checkpoint(notebook('import numpy as np', 'x = 1', manhattan('+')));
  await ada.checkpoint(notebook('import numpy as np', 'x = 1', manhattan('-'), 'print(x)'));
  await lines.getByRole('button', { name: 'What changed, checkpoint 2' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('1 cell changed, 1 added')).toBeVisible();
  await expect(dialog.getByRole('button', { name: '2 cells unchanged' })).toBeVisible();
  await dialog.getByRole('button', { name: 'Next change' }).click();
  await expect(dialog.getByRole('region', { name: 'Cell 3 changed' })).toBeFocused();
  await page.keyboard.press('n');
  await expect(dialog.getByRole('region', { name: 'Cell 4 added' })).toBeFocused();
  await dialog.getByRole('button', { name: 'The notebook' }).click();
  await expect(dialog.getByText('print(x)')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
});

test('the note saves by itself, never reaches the student, and keeps both of two who write', async ({ browser }) => {
  const note = page.getByRole('textbox', { name: 'Staff note' });
  await note.fill('off by one in range');
  await expect(page.getByText(/^Saved, Dorothy Vaughan/)).toBeVisible();
  const address = page.url();
  const other = await (await browser.newContext({ storageState: await page.context().storageState() })).newPage();
  await other.goto(address);
  await expect(other.getByRole('textbox', { name: 'Staff note' })).toHaveValue('off by one in range');
  await other.getByRole('textbox', { name: 'Staff note' }).fill('draws indices');
  await expect(other.getByText(/^Saved, /)).toBeVisible();
  await note.fill('off by one, understood');
  await expect(page.getByText(/wrote meanwhile/)).toBeVisible();
  await page.getByRole('button', { name: 'Keep both' }).click();
  await expect(note).toHaveValue('draws indices\noff by one, understood');
  await expect(page.getByText(/^Saved, /)).toBeVisible();

  const own = await (await browser.newContext()).newPage();
  await own.goto(`${started.server}/me`);
  await own.evaluate((token) => sessionStorage.setItem('nbpulse-own-page', token), ada.me.token);
  await own.reload();
  await expect(own.getByText('Ada Lovelace').first()).toBeVisible();
  await expect(own.getByText('understood')).toHaveCount(0);
  await page.reload();
  await expect(note).toHaveValue('draws indices\noff by one, understood');
  await note.fill('');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(note).toHaveValue('draws indices\noff by one, understood');
  for (const one of [own, other]) await one.context().close();
});
