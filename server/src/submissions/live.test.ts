/** Grading, as it shows on sockets: the student's own, a teacher's and an assistant's. */
import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { leasedJob, serverMessage, type ClientMessage, type ServerMessage } from '@nbpulse/schema/wire';
import { passChecks } from '../../test/checked.js';
import { publicUrl, useClassroom, type Caller, type Student } from '../../test/classroom.js';
import { doubling, notebook, report } from '../../test/course-work.js';
import { listen, until, type Listening } from '../../test/listen.js';

const room = useClassroom();
let server: Listening;
let worker: Caller;
const open: WebSocket[] = [];

beforeAll(async () => {
  server = await listen(room.app);
  worker = await room.worker();
  await room.owner.post(`/courses/${room.course}/assignments`, doubling());
  await passChecks(worker);
  await room.owner.request('PUT', `/labs/${room.lab.id}/assignments/doubling`);
});
afterAll(async () => {
  for (const socket of open) socket.terminate();
  await server.goAway();
});

type Hello = Extract<ClientMessage, { type: 'hello' }>['as'];

/** A socket that said hello, and all that it heard. */
async function connect(as: Hello, headers: Record<string, string> = {}): Promise<ServerMessage[]> {
  const heard: ServerMessage[] = [];
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/api/v1/live`, { headers });
  open.push(socket);
  socket.on('message', (data: Buffer) => heard.push(serverMessage.parse(JSON.parse(data.toString()))));
  socket.on('open', () => socket.send(JSON.stringify({ v: 1, type: 'hello', as } satisfies ClientMessage)));
  await until('the welcome', () => Promise.resolve(heard.some((message) => message.type === 'welcome')));
  return heard;
}
const asStaff = (cookie: string) => connect({ role: 'staff', lab: room.lab.id }, { cookie, origin: publicUrl });
const asStudent = (student: Student) => connect({ role: 'participant', token: student.token });

const statusesOf = (heard: ServerMessage[], id: string): string[] =>
  heard.flatMap((message) => {
    if (message.type === 'submission' && message.submission.id === id) return [message.submission.status];
    if (message.type !== 'update') return [];
    return message.changes.flatMap((change) =>
      change.kind === 'submission' && change.submission.id === id ? [change.submission.status] : [],
    );
  });

describe('a submission on its way', () => {
  it('is followed by its student with progress and feedback, by staff with points, by assistants without', async () => {
    const ada = await room.join('Ada');
    const eve = await room.join('Eve');
    const assistant = await room.addStaff('assistant');
    await room.database.db.execute(
      sql`insert into lab_staff (lab_id, user_id) values (${room.lab.id}, ${assistant.userId})`,
    );
    const [own, others, teachers, assistants] = await Promise.all([
      asStudent(ada),
      asStudent(eve),
      asStaff(room.owner.cookie),
      asStaff(assistant.cookie),
    ]);
    // A worker that waits: it gets the job the moment it is there.
    const waiting = worker.post('/worker/lease', { worker: 'w', kinds: ['grade'], waitMs: 20_000 });
    const id = randomUUID();
    expect((await ada.upload('/me/submissions', notebook(['x']), id)).status).toBe(201);
    const leased = leasedJob.parse(await (await waiting).json());
    await worker.post(`/worker/jobs/${leased.id}/heartbeat`, { lease: leased.lease, progress: { done: 2, total: 3 } });
    await worker.post(`/worker/jobs/${leased.id}/finish`, { lease: leased.lease, report: report() });

    await until('the result on all sockets', () =>
      Promise.resolve([own, teachers, assistants].every((heard) => statusesOf(heard, id).at(-1) === 'done')),
    );
    const mine = own.flatMap((message) => (message.type === 'submission' ? [message.submission] : []));
    expect(mine.some((view) => view.progress?.done === 2)).toBe(true);
    expect(mine.at(-1)).toMatchObject({ status: 'done', result: { points: 2 } });
    expect(JSON.stringify(own)).not.toContain('SECRET');
    expect(JSON.stringify(own)).not.toContain('"update"');
    expect(statusesOf(others, id)).toEqual([]);
    expect(statusesOf(teachers, id)).toContain('running');
    expect(JSON.stringify(teachers)).toContain('"points":2');
    expect(JSON.stringify(assistants)).not.toContain('"points":2');
    expect(JSON.stringify([teachers, assistants])).not.toContain('SECRET');
  });
});
