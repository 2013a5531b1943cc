import { beforeAll, describe, expect, it } from 'vitest';
import { eq, sql } from 'drizzle-orm';
import { participant } from '@nbpulse/schema/db';
import { recordsTable, type RecordsTable } from '@nbpulse/schema/wire';
import { useClassroom, type Staff, type Student } from '../../test/classroom.js';
import { int, ownRecords, send } from '../../test/sending.js';
import { newestStatement, searchStatement, type Wanted } from './find.js';

const room = useClassroom();

describe('the records table', () => {
  let ada: Student;
  let bob: Student;
  let second: { id: string; joinCode: string };
  const read = async (query = '', who: Staff = room.owner): Promise<RecordsTable> => {
    const response = await who.get(`/courses/${room.course}/records?${query}`);
    expect(response.status).toBe(200);
    return recordsTable.parse(await response.json());
  };
  const answers = async (query = '', who?: Staff) => (await read(query, who)).rows.map((row) => row.record.summary);
  const str = (v: string) => ({ t: 'str', v });

  beforeAll(async () => {
    second = await room.addLab('Second lab');
    [ada, bob] = [await room.join('Ada Lovelace'), await room.join('Bob', second)];
    await send(ada, room.lab, [{ question: '1', value: int(11) }]);
    await send(bob, second, [{ question: '1', value: int(21) }]);
    await send(ada, room.lab, [{ question: '2', value: str('100% of a_b') }]);
    await send(ada, room.lab, [
      {
        question: '2',
        value: { t: 'code', kind: 'function', name: 'f', src: { v: 'def f(x):\n    return KMeans(x)' } },
      },
    ]);
  });

  it('shows everything that was sent to the course, newest first, each with lab and name', async () => {
    const { rows, next } = await read();
    expect(rows.map((row) => [row.lab.name, row.participant.name, row.record.question])).toEqual([
      ['First lab', 'Ada Lovelace', '2'],
      ['First lab', 'Ada Lovelace', '2'],
      ['Second lab', 'Bob', '1'],
      ['First lab', 'Ada Lovelace', '1'],
    ]);
    expect(next).toBeNull();
  });

  it('takes all filters together', async () => {
    expect(await answers(`lab=${second.id}`)).toEqual(['21']);
    expect(await answers('question=1')).toEqual(['21', '11']);
    expect(await answers(`question=1&participant=${ada.participant}`)).toEqual(['11']);
    expect(await answers('question=1&name=LOVE')).toEqual(['11']);
    expect(await answers(`question=1&name=LOVE&lab=${second.id}`)).toEqual([]);
    expect(await answers('name=bob&text=2')).toEqual(['21']);
    expect(await answers('text=1&question=1&name=ada')).toEqual(['11']);
  });

  it('finds text in any case: in what cells show, in texts, in sources; % and _ mean themselves', async () => {
    const found = async (text: string) => (await read(`text=${encodeURIComponent(text)}`)).rows.length;
    expect(await found('kmeans(x)')).toBe(1);
    expect(await found('100% OF')).toBe(1);
    expect(await found('a_b')).toBe(1);
    expect(await found('a%b')).toBe(0);
    expect(await found('_1')).toBe(0);
    expect(await found('\\')).toBe(0);
    // What is in a body but shown nowhere, such as a field's name, is not an answer.
    expect(await found('"src"')).toBe(0);
  });

  it('goes on where a page ended, though a whole class sent within one millisecond', async () => {
    const lab = await room.addLab('Many');
    const cy = await room.join('Cy', lab);
    await send(
      cy,
      lab,
      Array.from({ length: 25 }, (_, index) => ({ question: '1', value: int(index) })),
    );
    await room.database.db.execute(
      sql`update event set received_at = '2026-01-01T00:00:00.000001Z' where lab_id = ${lab.id}`,
    );
    const seen: string[] = [];
    let before = '';
    for (let page = 0; page < 10; page++) {
      const { rows, next } = await read(`lab=${lab.id}&limit=7${before}`);
      seen.push(...rows.map((row) => row.record.summary));
      if (next === null) break;
      before = `&before=${encodeURIComponent(next)}`;
    }
    expect(seen.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 25 }, (_, index) => index));
    const wrong = await room.owner.get(`/courses/${room.course}/records?before=yesterday`);
    expect(wrong.status).toBe(400);
  });

  it('shows assistants only the labs that are shared with them', async () => {
    const assistant = await room.addStaff('assistant');
    expect(await answers('', assistant)).toEqual([]);
    await room.owner.request('PUT', `/labs/${second.id}/assistants/${assistant.userId}`);
    expect(await answers('', assistant)).toEqual(['21']);
    expect(await answers(`lab=${room.lab.id}`, assistant)).toEqual([]);
    expect(await answers(`participant=${ada.participant}`, assistant)).toEqual([]);
  });

  it('is for staff of the course', async () => {
    expect((await ada.get(`/courses/${room.course}/records`)).status).toBe(403);
    expect((await room.nobody.get(`/courses/${room.course}/records`)).status).toBe(401);
  });

  it('shows hidden records when asked for, and those that are being deleted or are deleted nowhere', async () => {
    const lab = await room.addLab('Hidden');
    const dan = await room.join('Dan', lab);
    await send(
      dan,
      lab,
      [1, 2, 3].map((n) => ({ question: '1', value: int(n) })),
    );
    const id = async (summary: string) => (await ownRecords(dan)).find((one) => one.summary === summary)!.id;
    const remove = async (how: string, ids: string[]) =>
      room.owner.post(`/labs/${lab.id}/removals`, { how, which: { ids } });
    await remove('hide', [await id('1')]);
    await remove('delete', [await id('2')]);
    const of = async (hidden: string) => (await answers(`lab=${lab.id}&hidden=${hidden}`)).sort();
    expect([await of('without'), await of('with'), await of('only')]).toEqual([['3'], ['1', '3'], ['1']]);
    await room.app.removals.sweep(new Date(Date.now() + 60_000));
    expect([await of('without'), await of('with'), await of('only')]).toEqual([['3'], ['1', '3'], ['1']]);
  });

  it('leaves out who was removed or erased', async () => {
    const lab = await room.addLab('Gone');
    const [eve, fay] = [await room.join('Eve', lab), await room.join('Fay', lab)];
    for (const one of [eve, fay]) await send(one, lab, [{ question: '1', value: int(1) }]);
    const { db } = room.database;
    await db.update(participant).set({ removedAt: new Date() }).where(eq(participant.id, eve.participant));
    expect((await read(`lab=${lab.id}`)).rows.map((row) => row.participant.name)).toEqual(['Fay']);
    expect((await read(`lab=${lab.id}&participant=${eve.participant}`)).rows).toEqual([]);
    await db.update(participant).set({ erasedAt: new Date() }).where(eq(participant.id, fay.participant));
    expect((await read(`lab=${lab.id}`)).rows).toEqual([]);
  });

  describe('of a lab with 60,000 records', () => {
    const records = 60_000;
    let lab: { id: string; joinCode: string };
    const wanted = (more: Partial<Wanted> = {}): Wanted => ({
      labs: [lab.id],
      participants: null,
      without: [],
      goes: [],
      hidden: 'without',
      before: null,
      limit: 100,
      ...more,
    });
    beforeAll(async () => {
      lab = await room.addLab('Large');
      const gil = await room.join('Gil', lab);
      await send(gil, lab, [{ question: '1', value: str('needle') }]);
      await room.database.db.execute(sql`
        insert into event (lab_id, participant_id, stream_id, seq, kind, question_key, body, body_hash, answer_hash, summary,
          bytes, made_at, received_at, rev)
        select lab_id, participant_id, stream_id, n + 1, 'record', (n % 30)::text, jsonb_build_object('t', 'str', 'v', repeat('hay ', 20)),
          md5(n::text), md5(n::text), 'hay', 120, now() + n * interval '1 ms', now() + n * interval '1 ms', rev
        from event, generate_series(1, ${records}) as n where lab_id = ${lab.id}`);
      await room.database.db.execute(sql`analyze event`);
    });
    const plan = async (statement: ReturnType<typeof newestStatement>) => {
      const [row] = await room.database.db.execute<{ 'QUERY PLAN': [{ Plan: object; 'Execution Time': number }] }>(
        sql`explain (analyze, format json) ${statement}`,
      );
      const [{ Plan, 'Execution Time': ms }] = row!['QUERY PLAN'];
      if (process.env['NBPULSE_PLANS'] !== undefined) console.log(ms, JSON.stringify(Plan));
      const reads: { node: string; index: string | undefined; rows: number }[] = [];
      const visit = (node: Record<string, unknown>): void => {
        if (node['Relation Name'] === 'event') {
          const removedRows = Number(node['Rows Removed by Filter'] ?? 0);
          const rows = (Number(node['Actual Rows']) + removedRows) * Number(node['Actual Loops']);
          reads.push({ node: String(node['Node Type']), index: node['Index Name'] as string | undefined, rows });
        }
        for (const child of (node['Plans'] as Record<string, unknown>[] | undefined) ?? []) visit(child);
      };
      visit(Plan as Record<string, unknown>);
      return reads;
    };

    it('walks the index and stops, in one lab and in several', async () => {
      for (const labs of [[lab.id], [lab.id, second.id, room.lab.id]]) {
        const reads = await plan(newestStatement(wanted({ labs })));
        expect(reads.every((one) => one.index === 'event_newest')).toBe(true);
        expect(reads.reduce((sum, one) => sum + one.rows, 0)).toBeLessThanOrEqual(101 + labs.length);
      }
    });

    it('looks through a stretch at a time for words, and gets to the oldest record in the end', async () => {
      const reads = await plan(searchStatement(wanted(), 'needle'));
      expect(reads.reduce((sum, one) => sum + one.rows, 0)).toBeLessThanOrEqual(10_001);
      const seen: string[] = [];
      let pages = 0;
      for (let next: string | null = ''; next !== null; pages++) {
        const before: string = next === '' ? '' : `&before=${encodeURIComponent(next)}`;
        const page = await read(`lab=${lab.id}&text=NEEDLE${before}`);
        seen.push(...page.rows.map((row) => row.record.id));
        next = page.next;
      }
      expect(seen).toHaveLength(1);
      expect(pages).toBeGreaterThanOrEqual(6);
    });
  });
});
