import { randomUUID } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { event, lab, participant, question, stream as streamTable } from '@nbpulse/schema/db';
import {
  batchReply,
  labListItem,
  labLog,
  labState,
  meView,
  timeline,
  type BatchReply,
  type LabView,
} from '@nbpulse/schema/wire';
import { z } from 'zod';
import { useClassroom, type Student } from '../../test/classroom.js';
import { connectSocket } from '../../test/socket-client.js';
import { listen } from '../../test/listen.js';

describe('what a lab and a participant let in', () => {
  const room = useClassroom();
  const at = (offsetMs = 0) => new Date(Date.now() + offsetMs).toISOString();
  const record = (seq: number, madeAt = at()) => ({
    kind: 'record',
    seq,
    madeAt,
    question: '1',
    value: { t: 'int', v: seq },
  });
  const activity = (seq: number, more: Record<string, unknown> = {}) => ({
    kind: 'activity',
    seq,
    madeAt: at(),
    what: 'cell-run',
    ...more,
  });
  const post = (who: Student, of: LabView, stream: string, events: unknown[]) =>
    who.post(`/labs/${of.id}/events`, { v: 1, stream, sentAt: at(), events });
  const reply = async (who: Student, of: LabView, stream: string, events: unknown[]): Promise<BatchReply> => {
    const response = await post(who, of, stream, events);
    expect(response.status).toBe(200);
    return batchReply.parse(await response.json());
  };
  const switchSending = (who: Student, sendingOffAt: Date | null) =>
    room.database.db.update(participant).set({ sendingOffAt }).where(eq(participant.id, who.participant));
  const collecting = async (name: string) => {
    const of = await room.addLab(name);
    await room.owner.request('PATCH', `/labs/${of.id}`, { json: { settings: { activity: true } } });
    return of;
  };
  const stored = (stream: string) =>
    room.database.db.select().from(event).where(eq(event.streamId, stream)).orderBy(event.seq);

  it('takes no passive activity unless the lab collects it, and keeps the records beside it', async () => {
    const ada = await room.join('Ada passive');
    const stream = randomUUID();
    const answered = await reply(ada, room.lab, stream, [activity(1), record(2), activity(3, { question: '1' })]);
    expect(answered.saved).toEqual([2]);
    expect(answered.refused.map((one) => [one.seq, one.code])).toEqual([
      [1, 'activity-off'],
      [3, 'activity-off'],
    ]);
    expect((await stored(stream)).map((row) => row.kind)).toEqual(['record']);

    const of = await collecting('Turned on and off');
    const bob = await room.join('Bob', of);
    const his = randomUUID();
    expect((await reply(bob, of, his, [activity(1)])).saved).toEqual([1]);
    await room.owner.request('PATCH', `/labs/${of.id}`, { json: { settings: { activity: false } } });
    expect((await reply(bob, of, his, [activity(2)])).refused).toMatchObject([{ seq: 2, code: 'activity-off' }]);
  });

  it('lets activity travel as a change, and counts it nowhere as a record', async () => {
    const of = await collecting('Collected');
    const ada = await room.join('Ada', of);
    const stream = randomUUID();
    const { saved } = await reply(ada, of, stream, [
      record(1),
      activity(2, { question: '1', cell: 'c1' }),
      activity(3, { what: 'error', question: '9', error: 'IndexError' }),
    ]);
    expect(saved).toEqual([1, 2, 3]);
    const rows = await stored(stream);
    expect(rows[2]).toMatchObject({ kind: 'activity', questionKey: '9', body: { what: 'error', error: 'IndexError' } });

    const { changes } = labLog.parse(await (await room.owner.get(`/labs/${of.id}/log?since=0`)).json());
    expect(changes.filter((change) => change.kind === 'activity')).toMatchObject([
      { activity: { participant: ada.participant, what: 'cell-run', question: '1', error: null } },
      { activity: { participant: ada.participant, what: 'error', question: '9', error: 'IndexError' } },
    ]);

    const state = labState.parse(await (await room.owner.get(`/labs/${of.id}/state`)).json());
    expect(state.cells.map((cell) => [cell.question, cell.records])).toEqual([['1', 1]]);
    expect(state.latestActivity).toMatchObject([{ what: 'error', question: '9' }]);
    expect(state.activity.map((one) => [one.at.length, one.errorAt.length])).toEqual([[1, 0]]);
    // Nobody sent to question 9: it is no column of the class's grid.
    const keys = await room.database.db.select({ key: question.key }).from(question).where(eq(question.labId, of.id));
    expect(keys).toEqual([{ key: '1' }]);
    const me = meView.parse(await (await ada.get('/me')).json());
    expect([me.counts.records, me.questions.map((one) => [one.key, one.records])]).toEqual([1, [['1', 1]]]);
    const own = (await (await ada.get('/me/records')).json()) as { records: unknown[] };
    expect(own.records).toHaveLength(1);
    const story = timeline.parse(
      await (await room.owner.get(`/labs/${of.id}/participants/${ada.participant}/timeline`)).json(),
    );
    expect(story.items.map((item) => item.kind)).toEqual(['joined', 'record']);
    const list = z
      .object({ labs: z.array(labListItem) })
      .parse(await (await room.owner.get(`/courses/${room.course}/labs`)).json());
    expect(list.labs.find((one) => one.id === of.id)).toMatchObject({
      records: 1,
      questions: [{ key: '1', answered: 1, errors: 0 }],
    });
  });

  it('reads the log and a person’s page also where the body of a dropped or passive event was deleted', async () => {
    const of = await collecting('Emptied');
    const ada = await room.join('Ada', of);
    const stream = randomUUID();
    await reply(ada, of, stream, [
      activity(1),
      { kind: 'dropped', seq: 2, madeAt: at(), question: '1', count: 3 },
      record(3),
    ]);
    await room.database.db
      .update(event)
      .set({ body: null, deletedAt: sql`now()` })
      .where(eq(event.streamId, stream));
    const log = await room.owner.get(`/labs/${of.id}/log?since=0`);
    expect(log.status).toBe(200);
    expect(labLog.parse(await log.json()).changes.flatMap((change) => (change.kind === 'record' ? [1] : []))).toEqual([
      1,
    ]);
    const story = await room.owner.get(`/labs/${of.id}/participants/${ada.participant}/timeline`);
    expect(story.status).toBe(200);
    expect(timeline.parse(await story.json()).items.map((item) => item.kind)).toEqual(['joined', 'record']);
  });

  it('takes what was made before sending was switched off, refuses what was made after, takes it when it is on again', async () => {
    const ada = await room.join('Ada off');
    const stream = randomUUID();
    const on = await reply(ada, room.lab, stream, [record(1, at(-60_000))]);
    expect(on.sending).toBeUndefined();
    await switchSending(ada, new Date(Date.now() - 30_000));
    const held = [record(3, at(-20_000)), record(4, at(-10_000))];
    const off = await reply(ada, room.lab, stream, [record(2, at(-40_000)), ...held]);
    expect(off).toMatchObject({ saved: [2], sending: false });
    expect(off.refused.map((one) => [one.seq, one.code])).toEqual([
      [3, 'sending-off'],
      [4, 'sending-off'],
    ]);
    expect(await stored(stream)).toHaveLength(2);
    // Another student of the same group is not touched by it.
    const bob = await room.join('Bob on');
    const [adas, bobs] = await Promise.all([
      reply(ada, room.lab, stream, held),
      reply(bob, room.lab, randomUUID(), [record(1)]),
    ]);
    expect([adas.saved, adas.sending, bobs.saved, bobs.sending]).toEqual([[], false, [1], undefined]);

    await switchSending(ada, null);
    const again = await reply(ada, room.lab, stream, held);
    expect([again.saved, again.sending]).toEqual([[3, 4], undefined]);
  });

  it('takes nothing more of a removed participant, on a socket that is open neither', async () => {
    const server = await listen(room.app);
    const ada = await room.join('Ada removed');
    const stream = randomUUID();
    await reply(ada, room.lab, stream, [record(1)]);
    const socket = await connectSocket(server.url);
    socket.say({ v: 1, type: 'hello', as: { role: 'participant', token: ada.token } });
    await socket.hears('welcome');
    // As another process of the server does it: this one still holds the token for known.
    await room.database.db
      .update(participant)
      .set({ removedAt: sql`now()` })
      .where(eq(participant.id, ada.participant));
    const fresh = randomUUID();
    for (const series of [stream, fresh]) {
      const response = await post(ada, room.lab, series, [record(2)]);
      expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([401, 'bad-token']);
    }
    const batch = { v: 1 as const, stream, sentAt: at(), events: [record(3)] };
    socket.say({ v: 1, type: 'events', id: 1, batch });
    await socket.hears('refused', (said) => said.code === 'bad-token');
    await expect.poll(() => socket.closedWith).toMatchObject({ code: 4401 });
    expect(await stored(stream)).toHaveLength(1);
    const claimed = await room.database.db.select().from(streamTable).where(eq(streamTable.id, fresh));
    expect(claimed).toEqual([]);
    await server.goAway();
  });

  it('takes nothing more once the lab’s records were erased', async () => {
    const of = await room.addLab('Erased');
    const ada = await room.join('Ada', of);
    const stream = randomUUID();
    const early = record(2, at(-5_000));
    // This process holds the token for known; another one erases the lab.
    expect((await reply(ada, of, stream, [record(1, at(-6_000))])).saved).toEqual([1]);
    await room.owner.request('PATCH', `/labs/${of.id}`, { json: { status: 'closed' } });
    await room.database.db
      .update(lab)
      .set({ erasedAt: sql`now()` })
      .where(eq(lab.id, of.id));
    expect((await reply(ada, of, stream, [early])).refused).toMatchObject([{ seq: 2, code: 'lab-deleted' }]);
    expect(await stored(stream)).toHaveLength(1);
  });
});
