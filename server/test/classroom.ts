/**
 * A server on a fresh database, with one course, its owner signed in, and one open lab: what most tests of a feature start from.
 *
 *     const room = useClassroom();
 *     it('…', async () => { const ada = await room.join('Ada'); const reply = await ada.get('/me'); … });
 *
 * Requests go through `app.request`, without a port.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { z } from 'zod';
import { joinReply, labView, sessionView, type StaffRole } from '@nbpulse/schema/wire';
import { linkUrl, makeLink } from '../src/accounts/index.js';
import { createApp, type App } from '../src/app.js';
import { openDatabase, type OpenDatabase } from '../src/database/index.js';
import { makeWorkerToken } from '../src/queue/index.js';
import { useDatabase } from './database.js';

export const publicUrl = 'http://127.0.0.1:8420';
export const password = 'correct horse battery';

export interface Caller {
  request(
    method: string,
    path: string,
    init?: { json?: unknown; bytes?: Uint8Array<ArrayBuffer>; headers?: Record<string, string> },
  ): Promise<Response>;
  get(path: string): Promise<Response>;
  post(path: string, json: unknown): Promise<Response>;
}
export interface Student extends Caller {
  token: string;
  participant: string;
  name: string;
  /** Uploads a notebook to `/me/checkpoints` or `/me/submissions`. */
  upload(
    path: string,
    bytes: Uint8Array<ArrayBuffer>,
    id?: string,
    headers?: Record<string, string>,
  ): Promise<Response>;
}
export interface Staff extends Caller {
  email: string;
  cookie: string;
  userId: string;
}

export interface Classroom {
  readonly app: App;
  readonly database: OpenDatabase;
  /** For a second server process on the same database. */
  readonly databaseUrl: string;
  readonly dataFolder: string;
  readonly owner: Staff;
  readonly course: string;
  readonly lab: z.infer<typeof labView>;
  nobody: Caller;
  join(name: string, lab?: { joinCode: string }): Promise<Student>;
  addStaff(role: StaffRole): Promise<Staff>;
  addLab(name: string): Promise<z.infer<typeof labView>>;
  worker(): Promise<Caller & { token: string }>;
}

/** The cookies of a reply, as the next request sends them. */
export const cookiesOf = (response: Response): string =>
  response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0] ?? '')
    .join('; ');

export function useClassroom(): Classroom {
  const test = useDatabase();
  let made:
    | {
        app: App;
        database: OpenDatabase;
        dataFolder: string;
        owner: Staff;
        course: string;
        lab: z.infer<typeof labView>;
      }
    | undefined;

  const caller = (headers: Record<string, string>): Caller => {
    const request: Caller['request'] = async (method, path, init = {}) => {
      const json: Record<string, string> = init.json === undefined ? {} : { 'content-type': 'application/json' };
      return there().app.request(`${publicUrl}/api/v1${path}`, {
        method,
        headers: { host: new URL(publicUrl).host, ...headers, ...json, ...init.headers },
        body: init.bytes ?? (init.json === undefined ? null : JSON.stringify(init.json)),
      });
    };
    return {
      request,
      get: (path) => request('GET', path),
      post: (path, json) => request('POST', path, { json }),
    };
  };
  const there = () => {
    if (made === undefined) throw new Error('The classroom is there from beforeAll on.');
    return made;
  };
  const nobody = caller({});

  const signUp = async (
    token: string,
    email: string,
    course?: { name: string; timeZone: string },
  ): Promise<Staff & { courses: z.infer<typeof sessionView>['courses'] }> => {
    const response = await nobody.post(`/links/${token}`, { name: email.split('@')[0], email, password, course });
    if (response.status !== 200) throw new Error(`signing up failed: ${await response.text()}`);
    const cookie = cookiesOf(response);
    const { user, courses } = sessionView.parse(await response.json());
    return { ...caller({ cookie, origin: publicUrl }), email, cookie, userId: user.id, courses };
  };
  const addLab = async (name: string, owner: Staff, course: string) => {
    const created = labView.parse(await (await owner.post(`/courses/${course}/labs`, { name })).json());
    const opened = await owner.request('PATCH', `/labs/${created.id}`, { json: { status: 'open' } });
    return labView.parse(await opened.json());
  };

  beforeAll(async () => {
    const dataFolder = await mkdtemp(join(tmpdir(), 'nbpulse-classroom-'));
    const database = openDatabase(test.url, 6);
    const app = createApp({
      database,
      dataFolder,
      authSecret: 'a secret of at least 32 characters',
      publicUrl,
      wheel: null,
    });
    await app.start();
    const unfinished = { app, database, dataFolder };
    made = unfinished as typeof made;
    const link = await makeLink(database.db, { purpose: 'first', email: null, courseId: null, role: 'owner' });
    const owner = await signUp(link.token, 'owner@example.org', { name: 'Analysis', timeZone: 'Europe/Zurich' });
    const course = owner.courses[0]!.id;
    made = { ...unfinished, owner, course, lab: await addLab('First lab', owner, course) };
  });
  afterAll(async () => {
    if (!made) return;
    await made.app.close();
    await made.database.close();
    await rm(made.dataFolder, { recursive: true });
  });

  return {
    get app() {
      return there().app;
    },
    get database() {
      return there().database;
    },
    get databaseUrl() {
      return test.url;
    },
    get dataFolder() {
      return there().dataFolder;
    },
    get owner() {
      return there().owner;
    },
    get course() {
      return there().course;
    },
    get lab() {
      return there().lab;
    },
    nobody,
    async join(name, lab = there().lab) {
      const response = await nobody.post('/join', {
        code: lab.joinCode,
        name,
        device: { kind: 'page', label: 'test' },
      });
      if (!response.ok) throw new Error(`joining failed: ${await response.text()}`);
      const { participant, token } = joinReply.parse(await response.json());
      const own = caller({ authorization: `Bearer ${token}` });
      return {
        ...own,
        token,
        participant,
        name,
        upload: (path, bytes, id = randomUUID(), headers = {}) =>
          own.request('POST', path, { bytes, headers: { 'x-nbpulse-id': id, ...headers } }),
      };
    },
    async addStaff(role) {
      const email = `${role}-${randomUUID().slice(0, 8)}@example.org`;
      const reply = await there().owner.post(`/courses/${there().course}/staff/links`, { email, role });
      const { url } = (await reply.json()) as { url: string };
      const token = url.slice(linkUrl(publicUrl, '').length);
      return signUp(token, email);
    },
    addLab: (name) => addLab(name, there().owner, there().course),
    async worker() {
      const token = await makeWorkerToken(there().database.db, `test-${randomUUID()}`);
      return { ...caller({ authorization: `Bearer ${token}` }), token };
    },
  };
}
