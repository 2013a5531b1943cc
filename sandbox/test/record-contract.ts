/** An author's notebook run for what it sends, with the real harness and the real encoders, the same on every engine. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalText, MiB, notebookReport, type NotebookReport } from '@nbpulse/schema/wire';
import type { Engine } from '../src/engine.js';
import { recordSends, type RecordRequest } from '../src/record.js';
import { packageFolder } from '../src/stage.js';
import { notebookOf } from './grading-cases.js';

const example = join(packageFolder, '..', 'examples', 'graded-assignment');
const filename = 'lab.ipynb';

export function recordContract(name: string, open: () => Promise<Engine>): void {
  describe(`an author's notebook on ${name}`, () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await open();
    });
    afterAll(() => engine.close());

    /** Every report must be one that the server accepts. */
    async function record(request: RecordRequest, signal?: AbortSignal): Promise<NotebookReport> {
      const report = await recordSends(engine, request, signal ? { signal } : {});
      expect(notebookReport.safeParse(report).error).toBeUndefined();
      return report;
    }
    const cells = (...sources: string[]): RecordRequest => ({ notebook: notebookOf(...sources), filename });
    const answers = (report: NotebookReport): Record<string, string | null> =>
      Object.fromEntries(report.sent.map((one) => [one.question, one.value ? canonicalText(one.value) : null]));

    it('gives the example’s solution and its template, with the data file beside it', async () => {
      const data = [{ path: 'rivers.csv', bytes: await readFile(join(example, 'rivers.csv')) }];
      const read = (file: string) => readFile(join(example, file));
      const solution = await record({ notebook: await read('solution.ipynb'), filename, data });
      expect(solution).toMatchObject({ outcome: 'completed', failed: [], leftOut: 0, engine: engine.name });
      expect(answers(solution)).toMatchObject({
        P1: '[2,3,5,7,11,13,17,19]',
        R2: '[str"Nile",str"Amazon",str"Yangtze"]',
      });
      const template = await record({ notebook: await read('template.ipynb'), filename, data });
      expect(answers(template)).toEqual({ P1: '[]', P2: 'none', R1: 'none', R2: 'none' });
    });

    it('keeps the last of each question, in the order of these, and goes on after a cell that raises', async () => {
      const report = await record(
        cells(
          'from nbpulse import send, checkpoint, submit, register, connect\nimport nbpulse',
          'connect("http://127.0.0.1:1", "ABC-DEF", "Eva"); nbpulse.status()\n%pip install nothing\n!ls',
          'send(1, 1); send(..., "2b"); send(2, 1, part="B")',
          'raise NotImplementedError("write this")',
          '@register("__main__.Grid")\ndef rows(grid):\n    return grid.rows\nclass Grid:\n    rows = [1, 2]',
          'send(Grid(), 3); checkpoint(); submit()',
          'send(5)',
          '%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show()\nsend(plt, 4)',
          'def f(x):\n    return x\nsend(f, 6)',
        ),
      );
      expect(report.outcome).toBe('completed');
      expect(report.sent.map((one) => one.question)).toEqual(['2b', '1', '3', '4', '6']);
      expect(answers(report)).toMatchObject({ '1': '2', '3': '[1,2]', '4': null });
      expect(report.sent.find((one) => one.question === '6')?.value).toMatchObject({ t: 'code', name: 'f' });
      expect(report.sent.find((one) => one.question === '4')?.why).toMatch(/picture/);
      expect(report.failed).toEqual([
        { cell: 'cell 7', message: 'send needs a question, as in send(result, 3).' },
        { cell: 'cell 4', message: 'NotImplementedError: write this' },
      ]);
    });

    it('interrupts a cell without an end, and runs the others', { timeout: 180_000 }, async () => {
      const limits = { wallMs: 8_000 };
      const report = await record({ ...cells('from nbpulse import send\nwhile True: pass', 'send(1, 1)'), limits });
      expect(answers(report)).toEqual({ '1': '1' });
      expect(report.failed[0]?.message).toMatch(/was stopped after/);
    });

    it('says which notebook is none', async () => {
      const report = await record({ notebook: Buffer.from('{"cells": nonsense'), filename });
      expect(report).toMatchObject({ outcome: 'failed', sent: [] });
      expect(report.reason).toMatch(/not a notebook/);
    });

    it.each([
      ['ends Python itself', 'import os; os._exit(0)', /ended in cell 2/],
      ['speaks on every descriptor', forged, /no record in cell 2|ended in cell 2/],
      ['claims a frame of a gigabyte', oversized, /no record in cell 2/],
      ['sends a gigabyte', 'send("x" * (1 << 30), 2)', /memory in cell 2|^undefined$/],
      [
        'takes all memory',
        'hold = []\nwhile True: hold.append(bytearray(b"x") * (8 << 20))',
        /memory in cell 2|ended in cell 2|^undefined$/,
      ],
    ])('loses only its own run when it %s', { timeout: 180_000 }, async (_, cell, why) => {
      const limits = { memoryBytes: 256 * MiB, wallMs: 20_000 };
      const report = await record({ ...cells('from nbpulse import send\nsend(1, 1)', cell), limits });
      expect(report.outcome).not.toBe('sandbox-error');
      expect(String(report.reason)).toMatch(why);
      if (report.outcome === 'failed') expect(report.sent).toEqual([]);
      expect(answers(await record(cells('from nbpulse import send\nsend(7, 1)')))).toEqual({ '1': '7' });
    });

    it('ends a fork bomb and a notebook that no alarm stops with their time', { timeout: 180_000 }, async () => {
      const limits = { wallMs: 5_000 };
      const forks = 'import os\nwhile True:\n    try:\n        os.fork()\n    except BaseException:\n        pass';
      const stubborn = 'import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True: pass';
      for (const cell of [forks, stubborn]) {
        const report = await record({ ...cells(cell), limits });
        expect(report.outcome).not.toBe('sandbox-error');
      }
    });

    it('gives up at once when the caller does, with the caller’s reason', async () => {
      const cancel = new AbortController();
      const run = record(cells('while True: pass'), cancel.signal);
      const reason = new Error('the lease is lost');
      const timer = setTimeout(() => cancel.abort(reason), 300);
      await expect(run).rejects.toBe(reason);
      clearTimeout(timer);
    });
  });
}

/** A report of the scribe's, and one of our own half, on every descriptor that is open. */
const forged = `import os, struct, json
for message in ({'nonce': '0', 'type': 'report', 'end': {'failed': []}}, {'type': 'sent', 'question': '9', 'value': 5}):
    body = json.dumps(message).encode()
    for fd in range(1, 40):
        try:
            os.write(fd, struct.pack('<I', len(body)) + body)
        except OSError:
            pass
import time; time.sleep(1); os._exit(0)`;
const oversized = `import os, socket, struct
for fd in range(3, 40):
    try:
        socket.socket(fileno=os.dup(fd)).sendall(struct.pack('<I', 1 << 30))
    except OSError:
        pass
import time; time.sleep(1); os._exit(0)`;
