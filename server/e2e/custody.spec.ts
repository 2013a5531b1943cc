/**
 * Custody, end to end: a real kernel sends while its page, the server and the database are killed and the network is cut,
 * in an order drawn at random (the seed is printed; NBPULSE_SEED repeats it). Model: the numbers that `send` was given.
 * Afterwards each is there exactly once, in order.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { seededRandom } from '../simulator/random.js';
import { databaseProcess, descendants, kernelProcess, killDescendant, serverProcess } from './processes.js';
import { startNbpulse, type Started } from './started.js';
import { StudentPage } from './student-page.js';
import { TeacherApi } from './teacher-api.js';

const seed = Number(process.env['NBPULSE_SEED'] ?? Date.now() % 100_000);

let started: Started;
/** The link of a first start works once. */
let isLinkUsed = false;

async function signIn(api: TeacherApi): Promise<void> {
  if (isLinkUsed) return api.signIn();
  await api.signInByLink(started);
  isLinkUsed = true;
}

test.beforeAll(async () => {
  started = await startNbpulse({ args: ['--no-grading'] });
});
test.afterAll(async () => {
  await started.stop();
});

/** The cell: sends a number each 50 ms, and notes outside of nbpulse how far it got. */
const sending = (count: number, noted: string): string => `
import time
from nbpulse import send
for number in range(${count}):
    send(number, "custody")
    with open(${JSON.stringify(noted)}, "w") as file:
        file.write(str(number))
    time.sleep(0.05)
print("all", "sent")
`;

type Fault = 'reload' | 'server' | 'database' | 'offline';

/** It may be on its way back from the fault before. */
async function killOnceThere(process: RegExp): Promise<void> {
  await expect.poll(() => descendants(started.pid, process).length, { timeout: 30_000 }).toBe(1);
  killDescendant(started.pid, process);
}

async function strike(fault: Fault, page: Page): Promise<void> {
  switch (fault) {
    case 'reload':
      await page.reload();
      return;
    case 'server':
      await killOnceThere(serverProcess);
      return;
    case 'database':
      await killOnceThere(databaseProcess);
      return;
    case 'offline':
      await page.context().setOffline(true);
      await page.waitForTimeout(1_500); // a cut has a length; nothing is awaited here
      await page.context().setOffline(false);
      return;
    default:
      fault satisfies never;
  }
}

test('every record is there once and in order, whatever is killed while the cell runs', async ({ page, request }) => {
  const api = new TeacherApi(request, started.server);
  await signIn(api);
  const lab = (await api.labs())[0]!;
  const student = new StudentPage(page, started);
  const noted = join(started.dataDir, 'notebooks', 'noted');
  const count = 300;
  await student.write('custody.ipynb', [{ id: 'send', source: sending(count, noted) }], {
    server: started.server,
    lab: lab.id,
    joinCode: lab.joinCode,
  });
  await student.open('custody.ipynb');
  await student.join('Emmy Noether');
  await student.run(0);

  const random = seededRandom(seed);
  const faults: Fault[] = ['reload', 'server', 'database', 'offline', 'reload', 'server'];
  console.log(`custody: seed ${seed}`);
  const reached = (): number => (existsSync(noted) ? Number(readFileSync(noted, 'utf8') || -1) : -1);
  for (let at = 10; faults.length > 0; at += Math.floor(random.between(25, 45))) {
    await expect.poll(reached, { timeout: 60_000 }).toBeGreaterThan(at);
    const [fault] = faults.splice(Math.floor(random.between(0, faults.length)), 1);
    if (fault) await strike(fault, page);
  }
  await expect.poll(reached, { timeout: 60_000 }).toBe(count - 1);

  const summaries = async (): Promise<string[]> =>
    (await api.records(lab.id, 'Emmy Noether', 'custody').catch(() => [])).map((record) => record.summary);
  await expect.poll(async () => (await summaries()).length, { timeout: 60_000 }).toBe(count);
  expect(await summaries()).toEqual(Array.from({ length: count }, (_, number) => String(number)));
});

test('a killed kernel loses nothing that its journal holds', async ({ page, request }) => {
  const api = new TeacherApi(request, started.server);
  await signIn(api);
  const lab = (await api.labs())[0]!;
  const student = new StudentPage(page, started);
  const noted = join(started.dataDir, 'notebooks', 'noted-kill');
  await student.write(
    'kill.ipynb',
    [
      { id: 'send', source: sending(400, noted) },
      { id: 'after', source: 'from nbpulse import send\nsend("after", "custody")' },
    ],
    { server: started.server, lab: lab.id, joinCode: lab.joinCode },
  );
  await student.open('kill.ipynb');
  await student.join('Sofya Kovalevskaya');
  await student.run(0);
  const reached = (): number => (existsSync(noted) ? Number(readFileSync(noted, 'utf8') || -1) : -1);
  await expect.poll(reached, { timeout: 60_000 }).toBeGreaterThan(40);
  // Without a server nothing can be acknowledged: what was sent from here on is in the kernel's journal alone.
  await killOnceThere(serverProcess);
  const cutAt = reached();
  await expect.poll(reached, { timeout: 60_000 }).toBeGreaterThan(cutAt + 10);
  // The first test's kernel lives on; this one is named by its connection file.
  killDescendant(started.pid, new RegExp(`${kernelProcess.source}.*${await student.kernelId('kill.ipynb')}`));
  const sent = reached();

  const told = page.getByRole('dialog').filter({ hasText: 'appears to have died' });
  await told.getByRole('button').click({ timeout: 60_000 });
  // JupyterLab at times shows "Starting" for good when the kernel that it restarted was not up yet; a person reloads.
  await page.reload();
  await student.idle();
  await student.run(1);
  const summaries = async (): Promise<string[]> =>
    (await api.records(lab.id, 'Sofya Kovalevskaya', 'custody').catch(() => [])).map((record) => record.summary);
  await expect.poll(summaries, { timeout: 60_000 }).toContain('after');
  // The journal's writer runs beside `send`; what the last instant before SIGKILL made may not have reached the file.
  await expect.poll(async () => (await summaries()).length, { timeout: 30_000 }).toBeGreaterThanOrEqual(sent - 1);
  const all = await summaries();
  expect(new Set(all).size).toBe(all.length);
  const numbers = all.filter((text) => text !== 'after').map(Number);
  expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, number) => number));
});
