import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { sql } from 'drizzle-orm';
import {
  labCells,
  labList,
  labLog,
  myRecords,
  questionRecords,
  removalView,
  timeline,
  type RecordView,
  type RemovalView,
} from '@nbpulse/schema/wire';
import { useClassroom, type Student } from '../../test/classroom.js';
import { openDatabase } from '../database/index.js';
import { int, ownRecords, picture, pngBytes, send, sha256Of } from '../../test/sending.js';
import { openSweeper } from './sweeper.js';

const room = useClassroom();
const later = () => new Date(Date.now() + 60_000);

describe('removals', () => {
  let ada: Student;
  let lab: { id: string; joinCode: string };
  /** Oldest first. */
  let sent: RecordView[];
  const remove = (how: 'hide' | 'delete', which: object) => room.owner.post(`/labs/${lab.id}/removals`, { how, which });
  const removed = async (how: 'hide' | 'delete', which: object): Promise<RemovalView> => {
    const response = await remove(how, which);
    expect(response.status).toBe(201);
    return removalView.parse(await response.json());
  };
  const undo = (removal: string) => room.owner.post(`/labs/${lab.id}/removals/${removal}/undo`, undefined);
  const logSince = async (rev: number) =>
    labLog.parse(await (await room.owner.get(`/labs/${lab.id}/log?since=${rev}`)).json());
  const shown = async (): Promise<string[]> => {
    const response = await room.owner.get(`/labs/${lab.id}/questions/1/records?view=all`);
    return questionRecords
      .parse(await response.json())
      .records.map((one) => one.summary)
      .sort();
  };
  const ofStaff = async (id: string) =>
    (await (await room.owner.get(`/labs/${lab.id}/records/${id}`)).json()) as RecordView;

  beforeEach(async () => {
    // What the test before left open would be counted here.
    await room.app.removals.sweep(later());
    lab = await room.addLab(`Lab ${randomUUID().slice(0, 8)}`);
    ada = await room.join('Ada', lab);
    await send(ada, lab, [
      { question: '1', value: int(1) },
      { question: '1', value: int(2) },
      { question: '1', value: int(3) },
      { question: '2', value: int(4) },
    ]);
    sent = (await ownRecords(ada)).toSorted((a, b) => (a.summary < b.summary ? -1 : 1));
  });

  it('hide records from every view and count of staff, at once, and announce it', async () => {
    const { to } = await logSince(0);
    const removal = await removed('hide', { ids: [sent[1]!.id, sent[3]!.id] });
    expect(removal).toMatchObject({ how: 'hide', records: 2, erasesAt: null });
    expect(await shown()).toEqual(['1', '3']);
    const { changes } = await logSince(to);
    const records = changes.flatMap((change) => (change.kind === 'record' ? change.record : []));
    expect(records.map((one) => [one.summary, one.hidden, one.deleted]).sort()).toEqual([
      ['2', true, false],
      ['4', true, false],
    ]);
    const { cells } = labCells.parse(await (await room.owner.get(`/labs/${lab.id}/cells`)).json());
    expect(cells.map((cell) => [cell.question, cell.records])).toEqual([['1', 2]]);
    const listed = labList.parse(await (await room.owner.get(`/courses/${room.course}/labs`)).json());
    const mine = listed.labs.find((one) => one.id === lab.id)!;
    expect([mine.records, mine.questions.map((one) => one.answered)]).toEqual([2, [1, 0]]);
    const told = timeline.parse(
      await (await room.owner.get(`/labs/${lab.id}/participants/${ada.participant}/timeline`)).json(),
    );
    const marked = told.items.flatMap((item) =>
      item.kind === 'record' && item.record.hidden ? item.record.summary : [],
    );
    expect(marked.sort()).toEqual(['2', '4']);
  });

  it('are staff’s view only: participants read their own as before, unmarked', async () => {
    const before = await ownRecords(ada);
    await removed('hide', { participant: ada.participant });
    expect(await ownRecords(ada)).toEqual(before);
    expect((await (await ada.get('/me')).json()) as object).toMatchObject({
      questions: [{ records: 3 }, { records: 1 }],
    });
  });

  it('are undone in one go: exactly those rows, not what was hidden before', async () => {
    await removed('hide', { ids: [sent[0]!.id] });
    const all = await removed('hide', { participant: ada.participant, question: '1' });
    expect(all.records).toBe(2);
    expect(await shown()).toEqual([]);
    expect(await (await undo(all.id)).json()).toMatchObject({ records: 2 });
    expect(await shown()).toEqual(['2', '3']);
    // A request that is sent again because its answer was lost.
    expect((await undo(all.id)).status).toBe(200);
    expect(await shown()).toEqual(['2', '3']);
  });

  it('of a deletion hide at once, and erase the content when its time is over', async () => {
    await send(ada, lab, [{ question: '1', value: picture(7) }]);
    const { to } = await logSince(0);
    const removal = await removed('delete', { participant: ada.participant, question: '1' });
    expect(Date.parse(removal.erasesAt!)).toBeGreaterThan(Date.now() + 5_000);
    expect(await shown()).toEqual([]);
    // Until then everything is there, for Undo and for who sent it.
    expect(await room.app.removals.sweep()).toBe(0);
    expect((await ownRecords(ada)).filter((one) => one.deleted)).toEqual([]);
    expect(await room.app.removals.sweep(later())).toBe(1);
    const own = myRecords.parse(await (await ada.get('/me/records')).json()).records;
    expect(own.map((one) => [one.question, one.deleted, one.summary]).sort()).toEqual([
      ['1', true, ''],
      ['1', true, ''],
      ['1', true, ''],
      ['1', true, ''],
      ['2', false, '4'],
    ]);
    expect(await ofStaff(sent[0]!.id)).toMatchObject({ deleted: true, hidden: false, value: null, verdict: null });
    expect((await room.owner.get(`/labs/${lab.id}/blobs/${sha256Of(pngBytes(7))}`)).status).toBe(404);
    const changes = (await logSince(to)).changes.flatMap((change) => (change.kind === 'record' ? change.record : []));
    expect(changes.map((one) => one.deleted)).toEqual([true, true, true, true]);
    const archive = await (await ada.get('/me/archive')).arrayBuffer();
    expect(archive.byteLength).toBeGreaterThan(0);
    const late = await undo(removal.id);
    expect(late.status).toBe(409);
    expect(await late.json()).toMatchObject({ message: expect.stringContaining('too late to undo') });
  });

  it('take what is there, not what comes later from the same student', async () => {
    const removal = await removed('delete', { participant: ada.participant });
    await send(ada, lab, [{ question: '1', value: int(9) }]);
    await room.app.removals.sweep(later());
    expect(removal.records).toBe(4);
    expect(await shown()).toEqual(['9']);
  });

  it('of a deletion leave hidden what was hidden before, when they are undone', async () => {
    await removed('hide', { ids: [sent[0]!.id] });
    const removal = await removed('delete', { ids: [sent[0]!.id, sent[1]!.id] });
    expect(removal.records).toBe(2);
    expect((await undo(removal.id)).status).toBe(200);
    expect(await shown()).toEqual(['2', '3']);
    const again = await room.owner.post(`/labs/${lab.id}/records/show`, { which: { ids: [sent[0]!.id] } });
    expect(await again.json()).toEqual({ records: 1 });
    expect(await shown()).toEqual(['1', '2', '3']);
  });

  it('show again what was hidden, but nothing that is being deleted', async () => {
    await removed('hide', { ids: [sent[0]!.id] });
    await removed('delete', { ids: [sent[1]!.id] });
    const response = await room.owner.post(`/labs/${lab.id}/records/show`, {
      which: { participant: ada.participant },
    });
    expect(await response.json()).toEqual({ records: 1 });
    expect(await shown()).toEqual(['1', '3']);
    const none = await room.owner.post(`/labs/${lab.id}/records/show`, { which: { ids: [sent[1]!.id] } });
    expect(none.status).toBe(404);
  });

  it('let exactly one of undo and erasing win, and say which', async () => {
    for (const { id } of sent) {
      const removal = await removed('delete', { ids: [id] });
      const [undone, swept] = await Promise.all([undo(removal.id), room.app.removals.sweep(later())]);
      const { deleted, hidden } = await ofStaff(id);
      // Both at once: whoever had the removal's row first.
      expect({ swept, deleted, hidden }).toEqual(
        undone.status === 200
          ? { swept: 0, deleted: false, hidden: false }
          : { swept: 1, deleted: true, hidden: false },
      );
      expect([200, 409]).toContain(undone.status);
    }
  });

  it('are ended once by several servers, and taken up by one that starts after another was killed', async () => {
    await Promise.all(sent.map(({ id }) => removed('delete', { ids: [id] })));
    const other = openDatabase(room.databaseUrl, 3);
    const announced: string[] = [];
    const announce = (_lab: string, _rev: number, changes: unknown[]) => void announced.push(String(changes.length));
    const sweepers = [1, 2].map(() => openSweeper({ db: other.db, blobs: room.app.blobs, announce }));
    const ended = await Promise.all([...sweepers, room.app.removals].map((one) => one.sweep(later())));
    expect(ended.reduce((sum, one) => sum + one, 0)).toBe(4);
    // What a killed server left is due already.
    await send(ada, lab, [{ question: '1', value: int(5) }]);
    const [fresh] = (await ownRecords(ada)).filter((one) => !one.deleted);
    const removal = await removed('delete', { ids: [fresh!.id] });
    await other.db.execute(
      sql`update record_removal set erases_at = now() - interval '1 minute' where id = ${removal.id}`,
    );
    const restarted = openSweeper({ db: other.db, blobs: room.app.blobs, announce });
    restarted.start();
    await expect.poll(async () => (await ofStaff(fresh!.id)).deleted, { interval: 10 }).toBe(true);
    for (const one of [...sweepers, restarted]) await one.close();
    await other.close();
  });

  it('are for teachers, of records of this lab', async () => {
    const assistant = await room.addStaff('assistant');
    await room.owner.request('PUT', `/labs/${lab.id}/assistants/${assistant.userId}`);
    const body = { how: 'hide', which: { ids: [sent[0]!.id] } };
    expect((await assistant.post(`/labs/${lab.id}/removals`, body)).status).toBe(403);
    expect((await ada.post(`/labs/${lab.id}/removals`, body)).status).toBe(403);
    expect((await room.owner.post(`/labs/${room.lab.id}/removals`, body)).status).toBe(404);
    const removal = await removed('hide', body.which);
    expect((await room.owner.post(`/labs/${room.lab.id}/removals/${removal.id}/undo`, undefined)).status).toBe(404);
    expect((await assistant.post(`/labs/${lab.id}/removals/${removal.id}/undo`, undefined)).status).toBe(403);
    expect((await assistant.post(`/labs/${lab.id}/records/show`, { which: body.which })).status).toBe(403);
  });

  it('do not come undone when the student’s journal sends the same events again', async () => {
    const again = await send(ada, lab, [{ question: '1', value: int(50) }]);
    const fifty = (await ownRecords(ada)).find((one) => one.summary === '50')!;
    await removed('delete', { ids: [fifty.id] });
    await room.app.removals.sweep(later());
    await send(ada, lab, again.events, again.stream);
    expect(await ofStaff(fifty.id)).toMatchObject({ deleted: true, value: null });
  });
});
