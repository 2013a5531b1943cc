/** The attack corpus through the whole sandbox on one engine. Each engine has a test file of its own, so that they run side by side. */
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gradeNotebook, type Engine } from '../../src/index.js';
import { honestTest, hostileRequest, readCorpus, secrets, type Attack } from './corpus.js';

/** In this process's environment while it grades, as a worker's token would be. */
const hostSecret = 'HOST-SECRET-90ab';
const gone = { timeout: 60_000, interval: 50 };
const corpus = await readCorpus();

/** @param isTried which attacks, by name; default all. */
export function attackEngine(
  name: string,
  open: () => Promise<Engine>,
  isTried: (attack: string) => boolean = () => true,
): void {
  describe(`hostile submissions on ${name}`, () => {
    let engine: Engine;
    let world: Server;
    let contacts = 0;

    beforeAll(async () => {
      process.env['NBPULSE_WORKER_TOKEN'] = hostSecret;
      engine = await open();
      // A port that the network attack tries stands for the world outside.
      world = createServer((socket) => {
        contacts += 1;
        socket.destroy();
      });
      await new Promise<void>((resolve) => world.listen(0, '127.0.0.1', resolve));
    });
    afterAll(async () => {
      world.close();
      await engine.close();
    });

    it.each(corpus.filter((attack) => isTried(attack.name)))('$name', { timeout: 240_000 }, async (attack) => {
      const testMs = attack.expects === 'full' ? 10_000 : 4_000;
      const report = await gradeNotebook(engine, await hostileRequest(attack.notebook, testMs));
      const passed = report.tests.filter((test) => test.status === 'passed').map((test) => test.name);
      const why = JSON.stringify(
        { ...report, tests: report.tests.filter((test) => test.name === honestTest) },
        null,
        1,
      );
      expectEarned(attack, passed, report.points, why);
      const told = [report.reason, report.output, ...report.tests.map((test) => test.message)].join('\n');
      for (const secret of secrets) expect(told, `leaked ${secret}`).not.toContain(secret);
      for (const sign of ['REACHED-OUTSIDE', 'OPENED-HOST', 'CALL-WENT-THROUGH', hostSecret, "spoilt: ['"]) {
        expect(report.output ?? '').not.toContain(sign);
      }
      expect(contacts).toBe(0);
      // Other test files may be grading meanwhile: what is there now must be gone soon, and theirs will be.
      const seen = await leftBehind();
      await expect.poll(async () => (await leftBehind()).filter((one) => seen.includes(one)), gone).toEqual([]);
    });

    it('grades an honest submission after all of them', { timeout: 180_000 }, async () => {
      const fair = corpus.find((attack) => attack.expects === 'full');
      if (fair === undefined) throw new Error('the case for fairness is missing');
      const report = await gradeNotebook(engine, await hostileRequest(fair.notebook, 10_000));
      expect(report).toMatchObject({ outcome: 'completed', points: 17, maxPoints: 17 });
    });
  });
}

function expectEarned(attack: Attack, passed: string[], points: number, why: string): void {
  if (attack.expects === 'full') {
    expect(points, why).toBe(17);
  } else if (attack.expects === 'honest') {
    expect(passed, why).toEqual([honestTest]);
    // `points(2)` beside fifteen unmarked tests.
    expect(points).toBe(2);
  } else {
    expect([[], [honestTest]], why).toContainEqual(passed);
  }
}

/**
 * Processes of an attack that are still there after its run. Other test files run sandboxes at the same time; ours have a
 * folder of this process bound into them.
 */
async function leftBehind(): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (command.includes('/harness/probe.py') || command.includes('nbpulse-outlives')) {
      const mounts = await readFile(`/proc/${pid}/mountinfo`, 'utf8').catch(() => '');
      if (!mounts.includes(`nbpulse-run-${process.pid}-`) && !mounts.includes(`nbpulse-nursery-${process.pid}-`))
        continue;
      const state = (await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z')).split(') ').pop() ?? 'Z';
      if (!state.startsWith('Z')) found.push(`${pid} ${command.replaceAll('\0', ' ')}`);
    }
  }
  return found;
}
