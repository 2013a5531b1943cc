/**
 * What happens to a student's browser in a class: tabs are closed, the browser is killed, two tabs and two front ends share a kernel,
 * two students use one computer, the server is away while the page is reloaded, the server asks for a pause. After each the
 * teacher has every record once and in order. NBPULSE_SEED repeats a drawn order, NBPULSE_ROUNDS=n plays n of them.
 */
import { randomUUID } from 'node:crypto';
import { expect, test } from '@playwright/test';
import { limits, problem, wireVersion, type EventBatch, type LabListItem } from '@nbpulse/schema/wire';
import { seededRandom } from '../simulator/random.js';
import { descendants, serverProcess } from './processes.js';
import { sendingCell } from './sending-cell.js';
import { startNbpulse, type Started } from './started.js';
import { StudentBrowser } from './student-browser.js';
import { TeacherApi } from './teacher-api.js';

const seed = Number(process.env['NBPULSE_SEED'] ?? Date.now() % 100_000);
const rounds = Number(process.env['NBPULSE_ROUNDS'] ?? 1);

let started: Started;
let browser: StudentBrowser;
let api: TeacherApi;
let lab: LabListItem;
let link: { server: string; lab: string; joinCode: string };

test.beforeAll(async ({ playwright }) => {
  started = await startNbpulse({ args: ['--no-grading'] });
  api = new TeacherApi(await playwright.request.newContext(), started.server);
  await api.signInByLink(started);
  lab = (await api.labs())[0]!;
  link = { server: started.server, lab: lab.id, joinCode: lab.joinCode };
});
test.afterAll(async () => {
  await started.stop();
});
test.beforeEach(() => {
  browser = new StudentBrowser(started);
});
test.afterEach(async () => {
  await browser.end();
});

const upTo = (count: number, from = 0): string[] => Array.from({ length: count }, (_, at) => String(from + at));
/** The student's records of one question, as the teacher has them. */
const summaries = async (name: string, question: string): Promise<string[]> =>
  (await api.records(lab.id, name, question).catch(() => [])).map((record) => record.summary);
async function expectRecords(name: string, question: string, expected: string[]): Promise<void> {
  const count = async (): Promise<number> => (await summaries(name, question)).length;
  await expect.poll(count, { timeout: 60_000 }).toBeGreaterThanOrEqual(expected.length);
  expect(await summaries(name, question)).toEqual(expected);
}

for (let round = 0; round < rounds; round += 1) {
  test(`a closed tab, a killed browser and a reload while a cell runs, round ${round + 1}`, async () => {
    console.log(`browser faults: seed ${seed + round}`);
    const random = seededRandom(seed + round);
    const name = `Grace Hopper ${round}`;
    const path = `faults-${round}.ipynb`;
    const cell = sendingCell(started, `faults-${round}`, 'faults', 160);
    let student = await browser.tab();
    await student.write(path, [{ id: 'send', source: cell.source }], link);
    await student.open(path);
    await student.join(name);
    await student.run(0);
    const faults = ['close', 'kill', 'reload'];
    for (let at = 12; faults.length > 0; at += Math.floor(random.between(20, 40))) {
      await expect.poll(cell.reached, { timeout: 60_000 }).toBeGreaterThan(at);
      const [fault] = faults.splice(Math.floor(random.between(0, faults.length)), 1);
      if (fault === 'reload') await student.page.reload();
      else {
        if (fault === 'kill') await browser.kill();
        else await student.page.close();
        student = await browser.tab();
        // The cell runs on, so the kernel is not idle: the page is there when its notebook is.
        await student.show(path);
      }
    }
    await expect.poll(cell.reached, { timeout: 60_000 }).toBe(159);
    await expectRecords(name, 'faults', upTo(160));
  });
}

test('two tabs and two front ends on one kernel: each shows what was saved, and nothing comes twice', async () => {
  const name = 'Mary Somerville';
  const cell = sendingCell(started, 'tabs', 'tabs', 60);
  const first = await browser.tab();
  await first.write('tabs.ipynb', [{ id: 'send', source: cell.source }], link);
  await first.open('tabs.ipynb');
  await first.join(name);
  const second = await browser.tab();
  await second.open('tabs.ipynb');
  const classic = await browser.tab();
  await classic.open('tabs.ipynb', 'notebooks');
  await first.page.bringToFront();
  await first.run(0);
  await expect.poll(cell.reached, { timeout: 60_000 }).toBeGreaterThan(10);
  for (const tab of [first, second, classic]) await expect(tab.cellMark(0)).toContainText(/saved/);
  // The tab that ran it goes; the others carry on.
  await first.page.close();
  await expect.poll(cell.reached, { timeout: 60_000 }).toBe(59);
  await expectRecords(name, 'tabs', upTo(60));
});

test('two students after each other on one computer stay two, whether the first leaves it or not', async () => {
  const student = await browser.tab();
  const cells = [
    { id: 'first', source: 'from nbpulse import send\nfor n in range(3): send(n, "shared")' },
    { id: 'second', source: 'for n in range(3, 6): send(n, "shared")' },
    { id: 'third', source: 'for n in range(6, 9): send(n, "shared")' },
  ];
  await student.write('shared.ipynb', cells, link);
  await student.write('other.ipynb', cells.slice(0, 1), {});
  await student.open('shared.ipynb');
  await student.join('Ada Lovelace');
  await student.run(0);
  await expectRecords('Ada Lovelace', 'shared', ['0', '1', '2']);

  await student.showPanel();
  await student.panel.getByRole('button', { name: 'What is stored about me' }).click();
  await student.panel.getByRole('button', { name: 'Leave this computer' }).click();
  await student.panel.getByRole('button', { name: 'Leave', exact: true }).click();
  await expect(student.page.getByLabel('Your name')).not.toHaveValue('Ada Lovelace');
  await student.join('Annie Easley');
  await student.run(1);
  await expectRecords('Annie Easley', 'shared', ['3', '4', '5']);

  // Annie does not leave; Katherine joins with the code, in a notebook of her own.
  await student.open('other.ipynb');
  await student.showPanel();
  // The Jupyter server knows the address (NBPULSE_SERVER); the notebook names nothing.
  await student.page.getByLabel('Join code').fill(lab.joinCode);
  await student.join('Katherine Johnson');
  await student.run(0);
  await expectRecords('Katherine Johnson', 'shared', ['0', '1', '2']);
  await student.open('shared.ipynb');
  await student.showPanel();
  await expect(student.panel.getByText('as Katherine Johnson')).toBeVisible();
  await student.run(2);
  await expectRecords('Katherine Johnson', 'shared', ['0', '1', '2', '6', '7', '8']);
  await expectRecords('Annie Easley', 'shared', ['3', '4', '5']);
  await expectRecords('Ada Lovelace', 'shared', ['0', '1', '2']);
});

test('a server that does not answer, and a reload meanwhile', async () => {
  const name = 'Hedy Lamarr';
  const cell = sendingCell(started, 'away', 'away', 80);
  const student = await browser.tab();
  await student.write('away.ipynb', [{ id: 'send', source: cell.source }], link);
  await student.open('away.ipynb');
  await student.join(name);
  await student.run(0);
  await expect.poll(cell.reached, { timeout: 60_000 }).toBeGreaterThan(10);
  const [pid] = descendants(started.pid, serverProcess);
  if (pid === undefined) throw new Error('no server runs');
  process.kill(pid, 'SIGSTOP');
  try {
    await expect.poll(cell.reached, { timeout: 60_000 }).toBeGreaterThan(30);
    await student.page.reload();
    await expect.poll(cell.reached, { timeout: 60_000 }).toBe(79);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await expectRecords(name, 'away', upTo(80));
});

test('a server that asks for a pause gets one, and loses nothing', async () => {
  const name = 'Dorothy Hodgkin';
  const student = await browser.tab();
  const source = 'from nbpulse import send\nfor n in range(1000): send(n, "paused")';
  await student.write('paused.ipynb', [{ id: 'send', source }], link);
  await student.open('paused.ipynb');
  await student.join(name);
  // The same computer has just sent as much as one may at once: real batches, until the real limit speaks.
  const stream = randomUUID();
  const token = await student.deviceToken(lab.id);
  const flood = async (from: number): Promise<Response> => {
    const madeAt = new Date().toISOString();
    const events = Array.from({ length: limits.batchEvents }, (_, at) => ({
      kind: 'record',
      seq: from + at,
      madeAt,
      question: 'flood',
      value: { t: 'int', v: from + at },
    }));
    const batch: EventBatch = { v: wireVersion, stream, sentAt: madeAt, events };
    return fetch(`${started.server}/api/v1/labs/${lab.id}/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(batch),
    });
  };
  let reply = await flood(1);
  for (let from = 1 + limits.batchEvents; reply.status === 200; from += limits.batchEvents) reply = await flood(from);
  expect(reply.status).toBe(429);
  const said = problem.parse(await reply.json());
  expect(said.error).toBe('too-fast');
  expect(said.retryAfterMs).toBeGreaterThan(0);

  await student.run(0);
  await student.showPanel();
  await expect(student.panel).toContainText('faster than the server takes them');
  await expectRecords(name, 'paused', upTo(1000));
  await expect(student.cellMark(0)).toContainText('saved');
});
