import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'csv-parse/sync';
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { useClassroom, type Student } from '../../test/classroom.js';
import { int, ownRecords, picture, pngBytes, send } from '../../test/sending.js';
import { csv, guarded, type Cell } from './csv.js';
import { exportedRecords } from './records.js';
import { studentsOf } from './students.js';

const read = (text: string, columns: boolean): Record<string, string>[] =>
  parse<Record<string, string>>(text, { bom: true, columns: columns as true });
async function textOf(chunks: AsyncIterable<unknown>): Promise<string> {
  const parts: string[] = [];
  for await (const chunk of chunks) parts.push(String(chunk));
  return parts.join('');
}
// eslint-disable-next-line @typescript-eslint/require-await -- rows that are in memory, as the kind of source that is written
async function* given(rows: Cell[][]): AsyncGenerator<Cell[]> {
  yield* rows;
}

describe('CSV', () => {
  it('never starts a formula, keeps numbers numbers, and comes back but for the apostrophe', async () => {
    const begin = fc.constantFrom('=', '+', '-', '@', '\t', '\r', '', '"', ',', '\n', '＝');
    const text = fc.tuple(begin, fc.string({ unit: 'binary' })).map(([first, rest]) => first + rest);
    const cell = fc.oneof(text, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 }), async (rows) => {
        const written = await textOf(csv(['a', 'b'], given(rows)));
        const back = parse(written, { bom: true, record_delimiter: '\r\n' });
        expect(back.slice(1)).toEqual(
          rows.map((row) =>
            row.map((one) => {
              if (one === null) return '';
              if (typeof one === 'boolean') return one ? 'yes' : 'no';
              return typeof one === 'number' ? String(one) : guarded(one);
            }),
          ),
        );
        for (const one of back.flat()) {
          if (/^[=+\-@\t\r]/.test(one)) expect(Number.isFinite(Number(one))).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('guards what is no number, and nothing else', () => {
    expect(['=1+1', '+49 170', '-1-1', '@SUM(1)', '\tx', '-', '＝1'].map(guarded)).toEqual([
      "'=1+1",
      "'+49 170",
      "'-1-1",
      "'@SUM(1)",
      "'\tx",
      "'-",
      "'＝1",
    ]);
    for (const one of ['-1063', '+2', '-1.5e-3', '1', 'a=b', '', "'=1"]) expect(guarded(one)).toBe(one);
  });
});

describe('an export', () => {
  const room = useClassroom();
  let lab: { id: string; joinCode: string };
  let zoe: Student;
  let adam: Student;
  const get = async (file: string, query = '') => {
    const response = await room.owner.get(`/labs/${lab.id}/export/${file}?${query}`);
    expect(response.status).toBe(200);
    return response;
  };

  beforeAll(async () => {
    lab = await room.addLab('Übung 3: k/means');
    // Joins first and is removed: the others keep their numbers.
    const gone = await room.join('Gone', lab);
    zoe = await room.join('Zoë', lab);
    adam = await room.join('=HYPERLINK("x")', lab);
    for (const who of [gone, zoe, adam]) {
      await send(who, lab, [
        { question: '1', value: { t: 'str', v: '=cmd|calc' } },
        { question: '2', value: int(-5) },
        { question: 'plot/a', value: picture(who === zoe ? 1 : 2) },
      ]);
    }
    const hidden = (await ownRecords(adam)).find((one) => one.summary === '-5')!;
    await room.owner.post(`/labs/${lab.id}/removals`, { how: 'hide', which: { ids: [hidden.id] } });
    await room.owner.request('PATCH', `/labs/${lab.id}/participants/${gone.participant}`, { json: { removed: true } });
  });

  it('of records is CSV with a byte order mark, oldest first, without what is hidden or whose student is removed', async () => {
    const response = await get('records.csv');
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.subarray(0, 3).toString('hex')).toBe('efbbbf');
    const rows = read(bytes.toString('utf8'), true);
    // What came in one batch has one time.
    const shown = rows.map((row) => [row['student'], row['question'], row['answer'], row['type']]);
    expect(shown.slice(0, 3).map(([who]) => who)).toEqual(['Zoë', 'Zoë', 'Zoë']);
    expect(
      shown.sort((a, b) => (`${a[0] === 'Zoë' ? 0 : 1}${a[1]}` < `${b[0] === 'Zoë' ? 0 : 1}${b[1]}` ? -1 : 1)),
    ).toEqual([
      ['Zoë', '1', "'=cmd|calc", 'str'],
      ['Zoë', '2', '-5', 'int'],
      ['Zoë', 'plot/a', expect.any(String), 'image'],
      ['\'=HYPERLINK("x")', '1', "'=cmd|calc", 'str'],
      ['\'=HYPERLINK("x")', 'plot/a', expect.any(String), 'image'],
    ]);
    expect(decodeURIComponent(response.headers.get('content-disposition')!)).toMatch(
      /filename\*=UTF-8''Übung 3_k_means \d{4}-\d\d-\d\d records\.csv$/,
    );
  });

  it('takes filters, and tells nobody apart by more than a number when it is anonymous', async () => {
    const text = await (await get('records.json', `anonymous=1&question=2`)).text();
    const { records, anonymous } = JSON.parse(text) as { records: object[]; anonymous: boolean };
    expect(anonymous).toBe(true);
    expect(records).toMatchObject([{ student: 'Student 02', question: '2', value: { t: 'int', v: -5 } }]);
    for (const secret of ['Zoë', zoe.participant]) expect(text).not.toContain(secret);
    const one = read(await (await get('records.csv', `participant=${adam.participant}&anonymous=1`)).text(), true);
    expect(one.map((row) => row['student'])).toEqual(['Student 03', 'Student 03']);
    expect(Object.keys(one[0]!)).not.toContain('student id');
  });

  it('of the grid has a row for each student and no grades', async () => {
    const rows = read(await (await get('grid.csv')).text(), true);
    expect(rows.map((row) => [row['student'], row['2'], row['2 records'], row['1 errors']])).toEqual([
      ['\'=HYPERLINK("x")', '', '0', '0'],
      ['Zoë', '-5', '1', '0'],
    ]);
    const { students, questions } = (await (await get('grid.json')).json()) as {
      students: object[];
      questions: object[];
    };
    expect(questions).toHaveLength(3);
    expect(students).toMatchObject([{ cells: [{ records: 1 }, { records: 1 }] }, { cells: [{}, {}, {}] }]);
    expect(Object.keys(rows[0]!).join()).not.toMatch(/points|grade|score/);
  });

  it('as a zip holds the pictures as files by student, question and time, and another tool reads it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'nbpulse-export-'));
    try {
      await writeFile(join(folder, 'a.zip'), new Uint8Array(await (await get('records.zip')).arrayBuffer()));
      const run = promisify(execFile);
      await run('python3', ['-m', 'zipfile', '-t', join(folder, 'a.zip')]);
      await run('python3', ['-m', 'zipfile', '-e', join(folder, 'a.zip'), folder]);
      const rows = read(await readFile(join(folder, 'records.csv'), 'utf8'), true);
      const files = rows.map((row) => row['pictures']!).filter((file) => file !== '');
      files.sort((a, b) => (a < b ? -1 : 1));
      expect(files).toEqual([
        expect.stringMatching(/^pictures\/Zoë\/plot_a \d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.png$/),
        expect.stringMatching(/^pictures\/_HYPERLINK_x_\/plot_a /),
      ]);
      expect(await readFile(join(folder, files[0]!))).toEqual(pngBytes(1));
      expect(await readFile(join(folder, files[1]!))).toEqual(pngBytes(2));
      const json = JSON.parse(await readFile(join(folder, 'records.json'), 'utf8')) as { records: object[] };
      expect(json.records).toHaveLength(5);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('is for staff of the lab; an assistant gets the same', async () => {
    const assistant = await room.addStaff('assistant');
    const path = `/labs/${lab.id}/export/records.csv`;
    expect((await assistant.get(path)).status).toBe(403);
    await room.owner.request('PUT', `/labs/${lab.id}/assistants/${assistant.userId}`);
    expect(await (await assistant.get(path)).text()).toBe(await (await get('records.csv')).text());
    expect((await zoe.get(path)).status).toBe(403);
    expect((await room.owner.get(`/labs/${lab.id}/export/passwords.csv`)).status).toBe(400);
  });

  it('asks the database page by page, and no more once the download is broken off', async () => {
    await room.database.db.execute(sql`
      insert into event (lab_id, participant_id, stream_id, seq, kind, question_key, body, body_hash, answer_hash, summary,
        bytes, made_at, received_at, rev)
      select lab_id, participant_id, stream_id, 1000 + n, 'record', 'many', body, md5(n::text), answer_hash, summary, bytes, made_at,
        received_at + n * interval '1 us', rev
      from event, generate_series(1, 4000) as n where lab_id = ${lab.id} and question_key = '1' and participant_id = ${zoe.participant}`);
    const all = read(await (await get('records.csv', 'question=many')).text(), true);
    expect(all).toHaveLength(4_000);
    expect(new Set(all.map((row) => row['record id'])).size).toBe(4_000);
    const { db } = room.database;
    const students = await studentsOf(db, lab.id, false);
    let asked = 0;
    // The real database, counted.
    const counted = new Proxy(db, {
      get(target, key) {
        if (key === 'execute' || key === 'select') asked++;
        const value: unknown = Reflect.get(target, key);
        return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
      },
    });
    const records = exportedRecords(counted, { labId: lab.id, students, question: 'many', anonymous: false });
    let ended = false;
    const cells = (async function* () {
      try {
        for await (const row of records) yield [row.summary];
      } finally {
        ended = true;
      }
    })();
    const stream = csv(['answer'], cells);
    await new Promise((resolve) => stream.once('readable', resolve));
    stream.destroy();
    await expect.poll(() => ended, { interval: 5 }).toBe(true);
    expect((await records.next()).done).toBe(true);
    // The moment of the beginning and the first pages, two questions each; not all eight.
    expect(asked).toBeLessThanOrEqual(7);
  });
});
