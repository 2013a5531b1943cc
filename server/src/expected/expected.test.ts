import { randomUUID } from 'node:crypto';
import { and, eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { event, question } from '@nbpulse/schema/db';
import { expectedJudged, expectedPreview, labCells, labLog, labState, questionRecords } from '@nbpulse/schema/wire';
import type { ExpectedAnswer, Value } from '@nbpulse/schema/wire';
import { useClassroom, type Student } from '../../test/classroom.js';
import { answerHash, setTemplateAnswers } from './index.js';

describe('an expected answer', () => {
  const room = useClassroom();
  let ada: Student;
  let bob: Student;
  const int = (v: number): Value => ({ t: 'int', v });
  const float = (v: number): Value => ({ t: 'float', v });
  const expectValue = (value: Value, more: object = {}) => ({ answer: { kind: 'value', value, ...more } });
  const send = async (who: Student, key: string, ...values: Value[]) => {
    const at = new Date().toISOString();
    const events = values.map((value, index) => ({ kind: 'record', seq: index + 1, madeAt: at, question: key, value }));
    const reply = await who.post(`/labs/${room.lab.id}/events`, { v: 1, stream: randomUUID(), sentAt: at, events });
    expect(await reply.json()).toMatchObject({ saved: values.map((_, index) => index + 1), refused: [] });
  };
  const path = (key: string) => `/labs/${room.lab.id}/questions/${encodeURIComponent(key)}/expected`;
  const put = (key: string, json: unknown, who = room.owner) => who.request('PUT', path(key), { json });
  const set = async (key: string, json: unknown) => {
    const reply = await put(key, json);
    expect(reply.status).toBe(200);
    return expectedJudged.parse(await reply.json());
  };
  const verdicts = async (key: string) => {
    const reply = await room.owner.get(`/labs/${room.lab.id}/questions/${encodeURIComponent(key)}/records?view=all`);
    return questionRecords.parse(await reply.json()).records.map((one) => `${one.summary} ${one.verdict ?? '-'}`);
  };
  const questionNow = async (key: string) =>
    labState
      .parse(await (await room.owner.get(`/labs/${room.lab.id}/state`)).json())
      .questions.find((one) => one.key === key);

  beforeAll(async () => {
    [ada, bob] = [await room.join('Ada'), await room.join('Bob')];
  });

  it('judges at once what was sent before it was set, and what comes after', async () => {
    await send(ada, 'q', int(1), float(2));
    const done = await set('q', expectValue(int(2)));
    expect(done).toMatchObject({
      before: null,
      expected: { from: 'typed', setBy: 'owner' },
      records: { right: 1, wrong: 1, reached: 0, unjudged: 0 },
      latest: { right: 1, wrong: 0 },
    });
    await send(bob, 'q', { t: 'int', v: 2, dtype: 'int64' }, int(3), { t: 'str', v: '2' });
    expect((await verdicts('q')).sort()).toEqual(['1 wrong', '2 right', '2 wrong', '2.0 right', '3 wrong']);
  });

  it('never judges an exception', async () => {
    await set('raises', expectValue(int(2)));
    const error: Value = { t: 'error', cls: 'ValueError', message: { v: '2' } };
    await send(ada, 'raises', error);
    expect(await verdicts('raises')).toEqual(['ValueError: 2 -']);
    expect((await set('raises', expectValue(int(3)))).records).toEqual({ right: 0, wrong: 0, reached: 0, unjudged: 1 });
  });

  it('moves the question’s revision, and no record’s; the grid’s column holds the new verdicts', async () => {
    await send(ada, 'grid', int(1));
    const before = await questionNow('grid');
    const [record] = await room.database.db.select({ rev: event.rev }).from(event).where(eq(event.questionKey, 'grid'));
    await set('grid', expectValue(int(1)));
    const now = await questionNow('grid');
    expect(now!.judgedRev).toBeGreaterThan(before!.judgedRev);
    const [after] = await room.database.db.select({ rev: event.rev }).from(event).where(eq(event.questionKey, 'grid'));
    expect(after).toEqual(record);
    const cells = labCells.parse(await (await room.owner.get(`/labs/${room.lab.id}/cells?question=grid`)).json());
    expect(cells.rev).toBeGreaterThanOrEqual(now!.judgedRev);
    expect(cells.cells.map((cell) => cell.last.verdict)).toEqual(['right']);
    const since = String(now!.judgedRev - 1);
    const log = labLog.parse(await (await room.owner.get(`/labs/${room.lab.id}/log?since=${since}`)).json());
    expect(log.changes.find((change) => change.kind === 'question')).toMatchObject({ question: { key: 'grid' } });
  });

  it('is previewed without being set', async () => {
    await send(ada, 'before', float(0.553), float(0.574), int(1));
    const reply = await room.owner.post(
      `${path('before')}/preview`,
      expectValue(float(0.553), { tolerance: { absolute: 0.02 } }),
    );
    const preview = expectedPreview.parse(await reply.json());
    expect(preview.records).toEqual({ right: 1, wrong: 2, reached: 0, unjudged: 0 });
    expect(preview.right).toEqual([answerHash(float(0.553))]);
    expect((await questionNow('before'))?.expected).toBeNull();
    expect((await verdicts('before')).every((line) => line.endsWith(' -'))).toBe(true);
  });

  it('is put back by what stood there before, and cleared', async () => {
    await send(ada, 'undo', int(1));
    await set('undo', { ...expectValue(int(1)), from: 'solution' });
    const changed = await set('undo', expectValue(int(2)));
    expect(changed.records.wrong).toBe(1);
    const back = await set('undo', { answer: changed.before!.answer, from: changed.before!.from });
    expect(back).toMatchObject({ expected: { from: 'solution' }, records: { right: 1, wrong: 0 } });
    const cleared = expectedJudged.parse(await (await room.owner.request('DELETE', path('undo'))).json());
    expect(cleared).toMatchObject({ expected: null, records: { unjudged: 1 } });
    expect(await verdicts('undo')).toEqual(['1 -']);
  });

  it('declares a question that nobody has sent to', async () => {
    await set('ahead', expectValue(int(1)));
    const [row] = await room.database.db
      .select({ declared: question.declared })
      .from(question)
      .where(and(eq(question.labId, room.lab.id), eq(question.key, 'ahead')));
    expect(row).toEqual({ declared: true });
    await send(ada, 'ahead', int(1));
    expect(await verdicts('ahead')).toEqual(['1 right']);
  });

  it('makes the template’s own answer reached, unless that is right', async () => {
    const hash = answerHash({ t: 'none' });
    await send(ada, 'todo', { t: 'none' }, int(4));
    await setTemplateAnswers(
      { db: room.database.db, announce: () => undefined },
      room.lab.id,
      new Map([['todo', hash]]),
    );
    expect((await verdicts('todo')).sort()).toEqual(['4 -', 'None reached']);
    await send(bob, 'todo', { t: 'none' });
    expect((await verdicts('todo')).filter((line) => line === 'None reached')).toHaveLength(2);
    expect((await questionNow('todo'))?.reachedKnown).toBe(true);
    expect((await set('todo', expectValue(int(4)))).records).toEqual({ right: 1, wrong: 0, reached: 2, unjudged: 0 });
    expect((await set('todo', expectValue({ t: 'none' }))).records).toMatchObject({ right: 2, wrong: 1, reached: 0 });
  });

  it('is not counted over what was hidden, nor over who was removed, but they are judged', async () => {
    const kim = await room.join('Kim');
    await send(kim, 'hidden', int(1));
    await send(ada, 'hidden', int(1));
    await room.database.db
      .update(event)
      .set({ hiddenAt: new Date() })
      .where(and(eq(event.participantId, ada.participant), eq(event.questionKey, 'hidden')));
    await room.owner.request('PATCH', `/labs/${room.lab.id}/participants/${kim.participant}`, {
      json: { removed: true },
    });
    expect((await set('hidden', expectValue(int(1)))).records).toEqual({ right: 0, wrong: 0, reached: 0, unjudged: 0 });
    const rows = await room.database.db
      .select({ verdict: event.verdict })
      .from(event)
      .where(eq(event.questionKey, 'hidden'));
    expect(rows).toEqual([{ verdict: 'right' }, { verdict: 'right' }]);
  });

  it('is set by teachers, previewed by assistants, and refused to everybody else', async () => {
    const assistant = await room.addStaff('assistant');
    await room.owner.request('PUT', `/labs/${room.lab.id}/assistants/${assistant.userId}`);
    expect((await put('q', expectValue(int(9)), assistant)).status).toBe(403);
    expect((await assistant.request('DELETE', path('q'))).status).toBe(403);
    expect((await assistant.post(`${path('q')}/preview`, expectValue(int(9)))).status).toBe(200);
    expect((await ada.request('PUT', path('q'), { json: expectValue(int(9)) })).status).toBe(403);
    expect((await room.nobody.request('PUT', path('q'), { json: expectValue(int(9)) })).status).toBe(401);
  });

  it.each([
    [{ kind: 'pattern', pattern: 'a(b' }, 'wrong at character 4: missing closing )'],
    [{ kind: 'value', value: { t: 'str', v: 'a\0b' } }, 'NUL'],
    [{ kind: 'value', value: { t: 'error', cls: 'E', message: { v: '' } } }, 'An exception cannot be expected'],
  ])('that cannot judge is refused in words: %j', async (answer, words) => {
    const reply = await put('q', { answer: answer as ExpectedAnswer });
    expect(reply.status).toBe(400);
    expect(await reply.json()).toMatchObject({ error: 'invalid', message: expect.stringContaining(words) });
  });
});
