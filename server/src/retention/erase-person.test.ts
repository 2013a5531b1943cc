import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  answerGroup,
  answerGroupMember,
  event,
  gradeOverride,
  participant,
  person,
  recordRemoval,
  stream,
  trackerSender,
  trial,
} from '@nbpulse/schema/db';
import {
  erasePreview,
  labState,
  gradeJob,
  participantErased,
  timeline,
  type LabView,
  type Problem,
  type Value,
} from '@nbpulse/schema/wire';
import { passChecks, suiteCheckOf } from '../../test/checked.js';
import { publicUrl, useClassroom, type Student } from '../../test/classroom.js';
import { doubling, notebook, report } from '../../test/course-work.js';
import { listen, type Listening } from '../../test/listen.js';
import { connectSocket } from '../../test/socket-client.js';
import { doublingTrial } from '../../test/trial-part.js';
import { placesOf } from '../../test/whole-database.js';
import { addParticipant } from '../people/index.js';
import { eraseLeftovers, type InTurn } from './erase-content.js';
import { markErased } from './mark-erased.js';

const room = useClassroom();
let server: Listening;
beforeAll(async () => {
  server = await listen(room.app);
  await room.owner.post(`/courses/${room.course}/assignments`, doubling());
  await room.owner.request('PUT', `/labs/${room.lab.id}/assignments/doubling`);
});
afterAll(() => server.goAway());

const marker = `MARKER${randomUUID().slice(0, 8)}`;
const text = (v: string): Value => ({ t: 'str', v });
async function send(who: Student, lab: LabView, events: Record<string, unknown>[], id: string = randomUUID()) {
  const at = new Date().toISOString();
  const numbered = events.map((one, index) => ({ kind: 'record', seq: index + 1, madeAt: at, ...one }));
  const response = await who.post(`/labs/${lab.id}/events`, { v: 1, stream: id, sentAt: at, events: numbered });
  expect(response.status).toBe(200);
  return { batch: { v: 1, stream: id, sentAt: at, events: numbered }, reply: (await response.json()) as unknown };
}
const pathOf = (lab: LabView, id: string) => `/labs/${lab.id}/participants/${id}/erase`;
const places = () => placesOf(marker, { databaseUrl: room.databaseUrl, blobsFolder: join(room.dataFolder, 'blobs') });
const state = async (lab: LabView) => labState.parse(await (await room.owner.get(`/labs/${lab.id}/state`)).json());

/** Leaves the marker wherever a participant can. */
async function leaveMarks(name: string, lab: LabView): Promise<Student> {
  const { db } = room.database;
  const reply = (await (
    await room.nobody.post('/join', { code: lab.joinCode, name, device: { kind: 'page', label: `label ${marker}` } })
  ).json()) as { token: string; participant: string };
  const headers = { authorization: `Bearer ${reply.token}` };
  const request: Student['request'] = (method, path, init = {}) =>
    room.nobody.request(method, path, { ...init, headers: { ...headers, ...init.headers } });
  const who: Student = {
    ...reply,
    name,
    request,
    get: (path) => request('GET', path),
    post: (path, json) => request('POST', path, { json }),
    upload: (path, bytes, id = randomUUID(), more = {}) =>
      request('POST', path, { bytes, headers: { 'x-nbpulse-id': id, ...more } }),
  };
  const bytes = Buffer.from(`\x89PNG ${marker} ${randomUUID()}`);
  const { sha256 } = await room.app.blobs.put(bytes);
  const image = { t: 'image', mime: 'image/png', of: 'x', n: bytes.length, sha256, b64: bytes.toString('base64') };
  const { batch, reply: sent } = await send(who, lab, [
    { question: `key ${marker}`, part: `part ${marker}`, cell: `cell ${marker}`, value: text(`short ${marker}`) },
    { question: '1', value: text(`long ${marker.repeat(1_000)}`) },
    { question: 'plot', value: image },
    { kind: 'dropped', question: `key ${marker}`, count: 2 },
    { kind: 'activity', what: 'error', question: '1', cell: marker, error: `${marker}Error` },
  ]);
  expect(sent).toMatchObject({ refused: [] });
  await send(who, lab, [{ question: '1', value: text(`conflict ${marker}`) }], batch.stream);
  expect((await who.upload('/me/checkpoints', notebook([`# ${marker} ${randomUUID()}`]))).status).toBe(200);
  if (lab.id === room.lab.id) {
    const handedIn = await who.upload('/me/submissions', notebook([`# ${marker}`]), randomUUID(), {
      'x-nbpulse-filename': `${marker}.ipynb`,
    });
    expect(handedIn.status).toBe(201);
    const worker = await room.worker();
    await passChecks(worker, suiteCheckOf({ trial: doublingTrial }));
    const leased = gradeJob.parse(
      await (await worker.post('/worker/lease', { worker: 'test', kinds: ['grade'], waitMs: 5_000 })).json(),
    );
    if (!('assignmentId' in leased.payload)) throw new Error('another job than the submission’s');
    const ran = await worker.request('PUT', `/worker/jobs/${leased.id}/executed?lease=${leased.lease}`, {
      bytes: notebook([`# ${marker} ran`]),
    });
    expect(ran.status).toBe(204);
    await worker.post(`/worker/jobs/${leased.id}/finish`, {
      lease: leased.lease,
      report: report({ output: `printed ${marker}` }),
    });
    const tried = await who.upload('/me/trials', notebook([`# ${marker} tried`]), randomUUID(), {
      'x-nbpulse-filename': `${marker}.ipynb`,
    });
    expect(tried.status).toBe(201);
    await db
      .update(trial)
      .set({ result: { outcome: 'failed', reason: marker, points: 0, maxPoints: 0, tests: [] } })
      .where(eq(trial.participantId, who.participant));
    await db.insert(gradeOverride).values({
      assignmentId: leased.payload.assignmentId,
      participantId: who.participant,
      points: 3,
      reason: `because ${marker}`,
    });
  }
  const [own] = await db.select().from(stream).where(eq(stream.participantId, who.participant));
  await db.insert(trackerSender).values({
    labId: lab.id,
    senderUuid: marker + lab.id,
    senderName: marker,
    participantId: who.participant,
    streamId: own!.id,
  });
  await who.request('POST', '/me/page');
  // What staff made of it: a note, a group with the hash of an answer that only they gave, a removal.
  const [given] = await db
    .select({ hash: event.answerHash, id: event.id })
    .from(event)
    .where(and(eq(event.participantId, who.participant), eq(event.questionKey, '1'), eq(event.kind, 'record')));
  const path = `/labs/${lab.id}/participants/${who.participant}/note`;
  expect((await room.owner.request('PUT', path, { json: { text: `about ${marker}`, of: null } })).status).toBe(200);
  const [group] = await db
    .insert(answerGroup)
    .values({ labId: lab.id, questionKey: '1', name: `named ${marker}` })
    .returning();
  await db
    .insert(answerGroupMember)
    .values({ labId: lab.id, questionKey: '1', answerHash: given!.hash!, groupId: group!.id });
  const [removal] = await db
    .insert(recordRemoval)
    .values({ labId: lab.id, how: 'hide', removedBy: `by ${marker}`, records: 1 })
    .returning();
  await db.update(event).set({ removalId: removal!.id, verdict: 'wrong' }).where(eq(event.id, given!.id));
  return who;
}

describe('erasing a person', () => {
  it('takes everything, in every lab of the course, from every table and from the disk; others stay', async () => {
    const second = await room.addLab('Second lab');
    for (const lab of [room.lab, second])
      await room.owner.request('PATCH', `/labs/${lab.id}`, { json: { settings: { activity: true } } });
    const here = await leaveMarks(`Ada ${marker}`, room.lab);
    const there = await leaveMarks(`ada  ${marker}`, second);
    const bob = await room.join('Bob');
    await send(bob, room.lab, [{ question: '1', value: text('bob’s own') }]);
    const marked = await places();
    expect(marked.filter((place) => place.startsWith('blobs/')).length).toBe(7); // two pictures, two checkpoints, a submission, a trial, and what it looked like when it had run
    expect(marked.filter((place) => !place.startsWith('blobs/')).sort()).toEqual([
      'answer_group.name',
      'device.label',
      'event.body',
      'event.cell',
      'event.part',
      'event.question_key',
      'event.summary',
      'event_conflict.body',
      'grade_override.reason',
      'job.payload',
      'participant.name',
      'participant.name_key',
      'person.name',
      'question.key',
      'record_removal.removed_by',
      'run.report',
      'staff_note.text',
      'submission.filename',
      'tracker_sender.sender_name',
      'tracker_sender.sender_uuid',
      'trial.result',
    ]);

    const teacher = await connectSocket(server.url, { cookie: room.owner.cookie, origin: publicUrl });
    teacher.say({ v: 1, type: 'hello', as: { role: 'staff', lab: second.id } });
    await teacher.hears('welcome');
    const own = await connectSocket(server.url);
    own.say({ v: 1, type: 'hello', as: { role: 'participant', token: there.token } });
    await own.hears('welcome');

    const preview = erasePreview.parse(await (await room.owner.get(pathOf(room.lab, here.participant))).json());
    expect(preview.participants.map((one) => [one.participant, one.records, one.submissions])).toEqual([
      [here.participant, 3, 1],
      [there.participant, 3, 0],
    ]);
    const wrong = await room.owner.post(pathOf(room.lab, here.participant), { name: 'Ada' });
    expect([wrong.status, ((await wrong.json()) as Problem).fields]).toEqual([
      400,
      { name: 'not the name of this participant' },
    ]);
    expect((await state(second)).participants.map((one) => one.erasedAt)).toEqual([null]);

    const erased = await room.owner.post(pathOf(room.lab, here.participant), { name: `ada ${marker}` });
    expect(participantErased.parse(await erased.json()).participants.sort()).toEqual(
      [here.participant, there.participant].sort(),
    );
    // Sockets end with words; other staff's pages are told to look anew.
    await own.hears(
      'refused',
      (message) => message.code === 'bad-token' && /erased by its teacher/.test(message.message),
    );
    await teacher.hears('reload');
    for (const who of [here, there]) {
      const answer = await who.get('/me');
      expect(answer.status).toBe(401);
      expect(((await answer.json()) as Problem).message).toContain('erased');
    }
    for (const [lab, who] of [
      [room.lab, here],
      [second, there],
    ] as const) {
      const now = await state(lab);
      expect(now.participants.find((one) => one.id === who.participant)).toMatchObject({
        name: 'erased',
        erasedAt: expect.any(String),
        removed: false,
      });
      expect(now.cells.filter((cell) => cell.participant === who.participant)).toEqual([]);
      expect(now.questions.map((one) => one.key).join()).not.toContain(marker);
      const seen = await room.owner.get(`/labs/${lab.id}/participants/${who.participant}/timeline`);
      expect(timeline.parse(await seen.json())).toMatchObject({
        items: [],
        returnCode: '',
        participant: { name: 'erased' },
      });
    }
    expect((await places()).filter((place) => !place.startsWith('blobs/'))).toEqual([]);
    expect(await room.database.db.$count(answerGroupMember)).toBe(0);
    await room.app.blobs.sweep(-1_000);
    expect(await places()).toEqual([]);
    expect((await state(room.lab)).cells).toMatchObject([{ participant: bob.participant, records: 1 }]);
    const again = await room.owner.post(pathOf(room.lab, here.participant), { name: 'erased' });
    expect([again.status, ((await again.json()) as Problem).error]).toEqual([409, 'conflict']);
    await Promise.all([teacher.close(), own.close()]);
  }, 120_000);

  it('leaves a namesake in another lab alone when staff say that it is somebody else', async () => {
    const other = await room.addLab('Namesakes');
    const [one, namesake] = [await room.join('Maria'), await room.join('Maria', other)];
    await send(namesake, other, [{ question: '1', value: text('mine') }]);
    const strange = await room.owner.post(pathOf(room.lab, one.participant), { name: 'Maria', also: [randomUUID()] });
    expect(strange.status).toBe(400);
    const reply = await room.owner.post(pathOf(room.lab, one.participant), { name: 'Maria', also: [] });
    expect(participantErased.parse(await reply.json()).participants).toEqual([one.participant]);
    expect((await namesake.get('/me')).status).toBe(200);
    expect((await state(other)).cells).toHaveLength(1);
  });

  it('is for teachers; nobody else, and no other course', async () => {
    const kim = await room.join('Kim');
    const assistant = await room.addStaff('assistant');
    for (const who of [room.nobody, kim, assistant]) {
      expect([401, 403]).toContain((await who.post(pathOf(room.lab, kim.participant), { name: 'Kim' })).status);
      expect([401, 403]).toContain((await who.get(pathOf(room.lab, kim.participant))).status);
    }
    const other = await room.addLab('Not Kim’s');
    expect((await room.owner.post(pathOf(other, kim.participant), { name: 'Kim' })).status).toBe(404);
    expect((await kim.get('/me')).status).toBe(200);
  });

  it('brings nothing back that is sent again, and lets them join anew as somebody new', async () => {
    const zoe = await room.join('Zoe');
    const { batch } = await send(zoe, room.lab, [{ question: '1', value: text('z') }]);
    await room.owner.post(pathOf(room.lab, zoe.participant), { name: 'Zoe' });
    expect((await zoe.post(`/labs/${room.lab.id}/events`, batch)).status).toBe(401);
    const again = await room.join('Zoe');
    expect(again.participant).not.toBe(zoe.participant);
    const { reply } = await send(again, room.lab, [{ question: '1', value: text('new') }], batch.stream);
    expect(reply).toMatchObject({ saved: [1] });
    const [row] = await room.database.db.select().from(participant).where(eq(participant.id, zoe.participant));
    const [human] = await room.database.db.select().from(person).where(eq(person.id, row!.personId));
    expect([row!.name, human!.name, human!.erasedAt]).toEqual(['', '', expect.any(Date)]);
  });

  it('takes nothing more of them where their token is still thought good, and gives them no name again', async () => {
    const eve = await room.join('Eve');
    await send(eve, room.lab, [{ question: '1', value: text('e') }]);
    // Another process erases: this one goes on knowing the token for some seconds.
    await room.database.db.transaction((tx) => markErased(tx, room.lab.id, [eve.participant]));
    const at = new Date().toISOString();
    const late = { kind: 'record', seq: 1, madeAt: at, question: 'late', value: text('late') };
    const batch = { v: 1, stream: randomUUID(), sentAt: at, events: [late] };
    expect((await eve.post(`/labs/${room.lab.id}/events`, batch)).status).toBe(401);
    const path = `/labs/${room.lab.id}/participants/${eve.participant}`;
    expect((await room.owner.request('PATCH', path, { json: { name: 'Eve' } })).status).toBe(409);
    const [row] = await room.database.db.select().from(participant).where(eq(participant.id, eve.participant));
    expect([row!.name, row!.nameKey]).toEqual(['', eve.participant]);
    expect((await state(room.lab)).questions.map((one) => one.key)).not.toContain('late');
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7])(
    'is finished by the next sweep when it is cut after %i batches',
    async (batches) => {
      const { db } = room.database;
      const leo = await room.join(`Leo ${batches}`);
      const key = `only Leo ${batches}`;
      await send(leo, room.lab, [{ question: key, value: text('l') }]);
      await db.transaction((tx) => markErased(tx, room.lab.id, [leo.participant]));
      let left = batches;
      const cut: InTurn = (work) => (left-- > 0 ? db.transaction(work) : Promise.resolve(null));
      await eraseLeftovers({ db, blobs: room.app.blobs }, cut, [leo.participant]);
      await room.app.retention.sweep();
      expect((await state(room.lab)).questions.map((one) => one.key)).not.toContain(key);
      expect(await db.$count(stream, eq(stream.participantId, leo.participant))).toBe(0);
    },
  );

  it('takes whoever came into a lab in the moment when it was deleted', async () => {
    const { db } = room.database;
    const lab = await room.addLab('Deleted');
    const early = await room.join('Early', lab);
    await room.owner.request('DELETE', `/labs/${lab.id}`, { json: { joinCode: lab.joinCode } });
    expect((await early.get('/me')).status).toBe(410);
    const late = await addParticipant(db, { id: lab.id, courseId: room.course }, 'Late', 1);
    await room.app.retention.sweep();
    const [row] = await db.select().from(participant).where(eq(participant.id, late.id));
    expect([row!.name, row!.returnCode, row!.erasedAt]).toEqual(['', '', expect.any(Date)]);
    expect((await early.get('/me')).status).toBe(410);
  });
});
