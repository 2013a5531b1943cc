import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { leasedJob } from '@nbpulse/schema/wire';
import { passChecks } from '../../test/checked.js';
import { useClassroom } from '../../test/classroom.js';
import { doubling, notebook, report } from '../../test/course-work.js';
import { recordsJson } from './archive-records.js';
import { int, ownRecords, picture, pngBytes, send, sha256Of } from '../../test/sending.js';

const room = useClassroom();

describe('the archive', () => {
  it('holds everything, and another tool reads it', async () => {
    const settings = { activity: true, mayDelete: true };
    await room.owner.request('PATCH', `/labs/${room.lab.id}`, { json: { settings } });
    const mia = await room.join('Mia');
    const long = 'ü'.repeat(20_000);
    const sent = await send(mia, room.lab, [
      { question: '1', value: { t: 'str', v: long } },
      { question: '1', value: int(2) },
      { question: 'plot', value: picture(5) },
      { kind: 'dropped', question: '1', count: 4 },
      { kind: 'activity', what: 'cell-run', question: '1' },
    ]);
    await send(mia, room.lab, [{ question: '9', value: int(99) }], sent.stream);
    const two = (await ownRecords(mia)).find((one) => one.summary === '2')!;
    await mia.request('DELETE', `/me/records/${two.id}`);
    const bytes = notebook(['x = 1', 'MIA']);
    await mia.upload('/me/checkpoints', bytes);
    await room.owner.post(`/courses/${room.course}/assignments`, doubling());
    await room.owner.request('PUT', `/labs/${room.lab.id}/assignments/doubling`);
    const handedIn = notebook(['def double(x): return 2 * x']);
    const receipt = (await (await mia.upload('/me/submissions', handedIn)).json()) as { number: string };
    const worker = await room.worker();
    await passChecks(worker);
    const leased = leasedJob.parse(
      await (await worker.post('/worker/lease', { worker: 'test', kinds: ['grade'], waitMs: 5_000 })).json(),
    );
    const executed = notebook(['def double(x): return 2 * x', 'double(2)']);
    await worker.request('PUT', `/worker/jobs/${leased.id}/executed?lease=${leased.lease}`, { bytes: executed });
    await worker.post(`/worker/jobs/${leased.id}/finish`, { lease: leased.lease, report: report() });

    const response = await mia.get('/me/archive');
    expect(response.headers.get('content-type')).toBe('application/zip');
    const folder = await mkdtemp(join(tmpdir(), 'nbpulse-archive-'));
    try {
      await writeFile(join(folder, 'a.zip'), new Uint8Array(await response.arrayBuffer()));
      const run = promisify(execFile);
      // Python's zipfile: checks every CRC, and unpacks.
      await run('python3', ['-m', 'zipfile', '-t', join(folder, 'a.zip')]);
      await run('python3', ['-m', 'zipfile', '-e', join(folder, 'a.zip'), folder]);
      const json = async (name: string) =>
        JSON.parse(await readFile(join(folder, name), 'utf8')) as Record<string, Record<string, unknown>[]>;
      const { records, others, conflicts } = await json('records.json');
      expect(records!.map((one) => [one.seq, one.deletedAt === null])).toEqual([
        [1, true],
        [2, false],
        [3, true],
      ]);
      expect(JSON.stringify(records![0])).toContain(long);
      expect(records![1]).toMatchObject({ value: null, summary: null, deletedBy: 'participant' });
      expect(others!.map((one) => one.kind)).toEqual(['dropped', 'activity']);
      expect(conflicts).toMatchObject([{ seq: 1, content: { t: 'int' } }]);
      const sha256 = sha256Of(pngBytes(5));
      expect(await readFile(join(folder, `pictures/${sha256}.png`))).toEqual(pngBytes(5));
      const me = await readFile(join(folder, 'me.json'), 'utf8');
      expect(JSON.parse(me)).toMatchObject({ participant: { name: 'Mia' }, devices: [{ label: 'test' }] });
      expect(me).not.toContain(mia.token);
      const names = (await run('python3', ['-m', 'zipfile', '-l', join(folder, 'a.zip')])).stdout;
      const checkpoint = /checkpoints\/\S+\.ipynb/.exec(names)![0];
      expect(new Uint8Array(await readFile(join(folder, checkpoint)))).toEqual(bytes);
      expect(new Uint8Array(await readFile(join(folder, `submissions/${receipt.number}.ipynb`)))).toEqual(handedIn);
      const ran = await readFile(join(folder, `submissions/${receipt.number}.executed.ipynb`));
      expect(new Uint8Array(ran)).toEqual(executed);
      const about = await readFile(join(folder, `submissions/${receipt.number}.json`), 'utf8');
      expect(JSON.parse(about)).toMatchObject({
        number: receipt.number,
        assignment: 'doubling',
        result: { points: 2 },
      });
      // What they may not see is not in it either.
      expect(about).not.toContain('SECRET');
      expect(await readFile(join(folder, 'README.txt'), 'utf8')).toContain('What nbpulse stores about Mia');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('reads page by page what came under a taken number, so that much of it needs little memory', async () => {
    const kai = await room.join('Kai');
    const first = await send(kai, room.lab, [{ question: '1', value: int(0) }]);
    const large = (n: number) => `${n} ${'x'.repeat(900_000)}`;
    for (let n = 1; n <= 8; n++)
      await send(kai, room.lab, [{ question: '1', value: { t: 'str', v: large(n) } }], first.stream);
    const chunks: string[] = [];
    for await (const chunk of recordsJson(room.database.db, kai.participant)) chunks.push(chunk);
    expect(Math.max(...chunks.map((chunk) => chunk.length))).toBeLessThan(1_000_000);
    const { conflicts } = JSON.parse(chunks.join('')) as { conflicts: { content: { v: string } }[] };
    expect(conflicts.map((one) => one.content.v)).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map(large));
  });

  it('is not made in a loop', async () => {
    const rob = await room.join('Rob');
    const statuses = [];
    for (let time = 0; time < 6; time++) {
      const response = await rob.get('/me/archive');
      await response.arrayBuffer();
      statuses.push(response.status);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
  });
});
