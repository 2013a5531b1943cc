/**
 * What the doors are fuzzed in: a server on a port, a lab with a student B who has records, a picture and a notebook, students A
 * who try, an assistant and an owner of other courses. What is B's carries a secret word; it must neither change nor be read.
 */
import { createHash, randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { labView, sessionView, type LabView } from '@nbpulse/schema/wire';
import { makeLink } from '../../src/accounts/index.js';
import { reportFaultsTo } from '../../src/http/index.js';
import { listen, type Listening } from '../../src/listen.js';
import { cookiesOf, password, publicUrl, useClassroom, type Classroom, type Student } from '../classroom.js';
import { notebook } from '../course-work.js';

/** Stands in everything that B made. No caller of the fuzzing may see it in a reply. */
export const secret = 'zq7-B-secret';

export interface Stranger {
  cookie: string;
  course: string;
  lab: string;
}
export interface FuzzRoom {
  room: Classroom;
  readonly url: string;
  readonly lab: LabView;
  readonly b: Student;
  /** More than one: each device has its own rate. */
  readonly attackers: Student[];
  /** Owner of a course of their own, with a lab in it. */
  readonly stranger: Stranger;
  /** Assistant there. */
  readonly assistant: string;
  /** Ids that exist, B's first. */
  readonly ids: string[];
  readonly faults: string[];
  /** All rows that are B's, as text. */
  rowsOfB(): Promise<string>;
}

/** Largest growth of the process while it is fuzzed: well above a few bodies of the largest size, well below a leak per request. */
const growthBytes = 400 * 1024 * 1024;

export function useFuzzRoom(): FuzzRoom {
  const room = useClassroom();
  const faults: string[] = [];
  let made: Omit<FuzzRoom, 'room' | 'faults' | 'rowsOfB' | 'url'> & { listening: Listening; sql: postgres.Sql };
  let stopReports: () => void;
  let before: { rows: string; bytes: number };

  const rowsOfB = async (): Promise<string> => {
    const { b, sql } = made;
    const tables = await Promise.all([
      sql`select * from participant where id = ${b.participant}`,
      sql`select person.* from person join participant on person_id = person.id where participant.id = ${b.participant}`,
      sql`select id, kind, label, token_hash, revoked_at from device where participant_id = ${b.participant} order by id`,
      sql`select * from stream where participant_id = ${b.participant} order by id`,
      sql`select * from event where participant_id = ${b.participant} order by id`,
      sql`select event_conflict.* from event_conflict join stream on stream.id = stream_id where participant_id = ${b.participant}`,
      sql`select * from checkpoint where participant_id = ${b.participant} order by id`,
      sql`select * from submission where participant_id = ${b.participant} order by id`,
      sql`select blob_use.* from blob_use join event on event.id = owner_id where event.participant_id = ${b.participant} order by 1`,
    ]);
    return JSON.stringify(tables);
  };

  beforeAll(async () => {
    stopReports = reportFaultsTo((line) => void faults.push(line));
    const listening = await listen(
      { fetch: room.app.fetch, close: () => Promise.resolve() },
      { host: '127.0.0.1', port: 0 },
    );
    const settings = { trackerDoor: true, mayDelete: true };
    const lab = labView.parse(
      await (await room.owner.request('PATCH', `/labs/${room.lab.id}`, { json: { settings } })).json(),
    );
    const b = await room.join(`B ${secret}`);
    const stream = randomUUID();
    const picture = Buffer.from(`\xff\xd8\xff ${secret}`, 'latin1');
    const sha256 = createHash('sha256').update(picture).digest('hex');
    const values = [
      { t: 'str', v: secret },
      { t: 'image', mime: 'image/jpeg', b64: picture.toString('base64'), sha256, n: picture.byteLength, of: secret },
    ];
    const sentAt = new Date().toISOString();
    const events = values.map((value, at) => ({ kind: 'record', seq: at + 1, madeAt: sentAt, question: '1', value }));
    const saved = await b.post(`/labs/${lab.id}/events`, { v: 1, stream, sentAt, events });
    expect(await saved.json()).toMatchObject({ saved: [1, 2] });
    const checkpoint = randomUUID();
    expect((await b.upload('/me/checkpoints', notebook([`answer = "${secret}"`]), checkpoint)).ok).toBe(true);
    const attackers: Student[] = [];
    for (let at = 0; at < 12; at++) attackers.push(await room.join(`A${at}`));

    const link = await makeLink(room.database.db, { purpose: 'first', email: null, courseId: null, role: 'owner' });
    const signedUp = await room.nobody.post(`/links/${link.token}`, {
      name: 'Stranger',
      email: 'stranger@example.org',
      password,
      course: { name: 'Other', timeZone: 'UTC' },
    });
    if (signedUp.status !== 200) throw new Error(`no stranger: ${await signedUp.text()}`);
    const cookie = cookiesOf(signedUp);
    const course = sessionView.parse(await signedUp.json()).courses[0]!.id;
    const origin = publicUrl;
    const created = await room.nobody.request('POST', `/courses/${course}/labs`, {
      json: { name: 'Elsewhere' },
      headers: { cookie, origin },
    });
    const elsewhere = labView.parse(await created.json());
    const invited = await room.nobody.request('POST', `/courses/${course}/staff/links`, {
      json: { email: 'helper@example.org', role: 'assistant' },
      headers: { cookie, origin },
    });
    const { url } = (await invited.json()) as { url: string };
    const token = url.split('#').at(-1)!;
    const joined = await room.nobody.post(`/links/${token}`, { name: 'Helper', email: 'helper@example.org', password });
    if (joined.status !== 200) throw new Error(`no assistant: ${await joined.text()}`);

    const sql = postgres(room.databaseUrl, { max: 1, onnotice: () => undefined });
    const [...records] = await sql<{ id: string }[]>`select id from event where participant_id = ${b.participant}`;
    const [device] = await sql<{ id: string }[]>`select id from device where participant_id = ${b.participant}`;
    made = {
      listening,
      sql,
      lab,
      b,
      attackers,
      stranger: { cookie, course, lab: elsewhere.id },
      assistant: cookiesOf(joined),
      ids: [
        b.participant,
        ...records.map((row) => row.id),
        stream,
        checkpoint,
        sha256,
        device!.id,
        lab.id,
        lab.joinCode,
        room.course,
        attackers[0]!.participant,
        course,
        elsewhere.id,
        room.owner.userId,
        '1',
      ],
    };
  });
  afterAll(async () => {
    stopReports();
    await made.sql.end();
    await made.listening.close(500);
  });

  beforeEach(async () => {
    globalThis.gc?.();
    before = { rows: await rowsOfB(), bytes: process.memoryUsage().rss };
  });
  afterEach(async () => {
    expect(faults, 'faults that the server reported').toEqual([]);
    expect(await rowsOfB(), 'what is B’s').toBe(before.rows);
    globalThis.gc?.();
    expect(process.memoryUsage().rss - before.bytes, 'growth of the process').toBeLessThan(growthBytes);
    // It still works: somebody joins and sends.
    const late = await room.join(`Late ${randomUUID()}`, made.lab);
    const sentAt = new Date().toISOString();
    const event = { kind: 'record', seq: 1, madeAt: sentAt, question: '1', value: { t: 'int', v: 1 } };
    const reply = await late.post(`/labs/${made.lab.id}/events`, {
      v: 1,
      stream: randomUUID(),
      sentAt,
      events: [event],
    });
    expect(await reply.json()).toMatchObject({ saved: [1] });
  });

  return {
    room,
    faults,
    rowsOfB,
    get url() {
      return made.listening.url;
    },
    get lab() {
      return made.lab;
    },
    get b() {
      return made.b;
    },
    get attackers() {
      return made.attackers;
    },
    get stranger() {
      return made.stranger;
    },
    get assistant() {
      return made.assistant;
    },
    get ids() {
      return made.ids;
    },
  };
}
