/**
 * The doors of notebooks written for notebook-progress-tracker, at the addresses that these notebooks know. All of them are open
 * by design only for labs that turn their `trackerDoor` on: nothing that such a notebook says of itself is proved.
 *
 * Its pages' addresses need staff, signed in as on our own pages. Replies are text, or JSON where the tracker gave JSON.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Hono, type Context } from 'hono';
import { z } from 'zod';
import { second } from '@nbpulse/schema/wire';
import type { Access, StaffCaller } from '../access/index.js';
import { databaseFault, TooLate, within, type OpenDatabase } from '../database/index.js';
import { isOwnOrigin, reportFault } from '../http/index.js';
import type { ChangeLabDeps } from '../labs/index.js';
import { recordAdder, type AddRecordDeps } from './add-record.js';
import { addPart, addSession } from './change-session.js';
import { deleteWithHistory } from './delete-records.js';
import { formReader, isWrongForm, type Form } from './form.js';
import { countRecords, listRecords, listSessions } from './listings.js';
import { ownAddress } from './own-address.js';
import { Pushes, someDoorHas } from './pushes.js';
import { say, textReply, type Said } from './say.js';
import { openSession } from './sessions.js';

export interface TrackerDeps extends Pick<AddRecordDeps, 'ingest' | 'seen'>, ChangeLabDeps {
  database: OpenDatabase;
  access: Access;
  publicUrl: string;
  /** The path below which the server stands, `/` or `/nbpulse/`. */
  basePath: string;
}

export interface Tracker {
  routes: Hono;
  /** Listens for pushes of other processes. */
  listen(): Promise<void>;
  /** Ends what listens. */
  close(): void;
}

const answersWithinMs = 15 * second;
const idsAtOnce = 1_000;
/** What is no TypeScript stands in the sources, also when this runs compiled, from `dist`. */
const sources = import.meta.url.replace(/\/(?:dist\/)?src\/tracker\/[^/]*$/, '/src/tracker/');
const source = (name: string): string => readFileSync(fileURLToPath(new URL(name, sources)), 'utf8');

type Answer = (context: Context) => Promise<Response | Said>;

export function openTracker(deps: TrackerDeps): Tracker {
  const { db, database, access, blobs } = deps;
  const readForm = formReader();
  const addRecord = recordAdder(deps);
  const pushes = new Pushes(database);
  const sendCode = source('send_code.py');
  const listenCode = source('listen.js');
  const routes = new Hono();

  const door = (method: 'GET' | 'POST' | 'DELETE', path: string, answer: Answer): void => {
    routes.on(method, path, async (context) => {
      const said = await within(answersWithinMs, answer(context)).catch(unexpected(`${method} ${path}`, database));
      const response = said instanceof Response ? said : textReply(said);
      response.headers.set('x-content-type-options', 'nosniff');
      response.headers.set('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
      if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'no-store');
      return response;
    });
  };
  /** Notebooks: anybody, from any page. */
  const open = (method: 'GET' | 'POST', path: string, answer: Answer): void =>
    door(method, path, async (context) => {
      const said = await answer(context);
      const response = said instanceof Response ? said : textReply(said);
      response.headers.set('access-control-allow-origin', '*');
      return response;
    });
  const staffDoor = (
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    answer: (staff: StaffCaller, context: Context) => Promise<Response | Said>,
  ): void =>
    door(method, path, async (context) => {
      const { headers } = context.req.raw;
      const staff = await access.check('signed-in', headers, {});
      if ('denied' in staff) return say(staff.denied, 'Error: Sign in on the pages of this server first');
      if (staff.kind !== 'staff') throw new Error('the rule lets staff in only');
      if (method !== 'GET' && !isOwnOrigin(headers, deps.publicUrl)) {
        return say(403, 'Error: This request came from a page of another site');
      }
      return answer(staff, context);
    });
  const withForm = async (
    context: Context,
    work: (form: Form) => Promise<Response | Said>,
  ): Promise<Response | Said> => {
    const form = await readForm(context.req.raw);
    return isWrongForm(form) ? say(form.status, form.wrong) : work(form);
  };

  open('GET', '/get-send-code', (context) => {
    const url = ownAddress(context.req.raw, deps.publicUrl, deps.basePath);
    // A JSON string is a Python string, too.
    return Promise.resolve(
      say(
        200,
        sendCode.replace('"@SERVER_URL@"', () => JSON.stringify(url)),
      ),
    );
  });
  open('GET', '/js/jpt-client.js', () =>
    Promise.resolve(say(200, listenCode, { 'content-type': 'text/javascript; charset=utf-8' })),
  );
  open('POST', '/add-record', (context) => withForm(context, addRecord));
  open('GET', '/get-pushes', async (context) => {
    const channels = (context.req.queries('channel') ?? []).filter((one) => /^[0-9a-f]{32}$/.test(one)).slice(0, 4);
    if (channels.length === 0 || !(await someDoorHas(db, channels))) return say(404, 'Error: No such session');
    const response = pushes.subscribe(channels, context.req.header('last-event-id') ?? null);
    return response ?? say(503, 'Error: Too many notebooks listen already', { 'retry-after': '30' });
  });

  staffDoor('POST', '/send-push', (staff, context) =>
    withForm(context, async ({ text }) => {
      const field = (name: string): string => (text.get(name) ?? '').replaceAll('\0', '');
      if (!text.has('session_name')) return say(400, 'Error: Missing key');
      const session = await openSession(db, { userId: staff.userId }, field('session_name'));
      if (typeof session === 'string' || session.role === 'assistant') return say(400, 'Error: No such session open');
      const type = /^[a-z]{1,20}$/.exec(field('type'))?.[0] ?? 'info';
      const sent = await pushes.send(session.labId, {
        title: field('title'),
        body: field('body'),
        code: field('code'),
        type,
      });
      return sent ? say(200, 'Message sent') : say(413, 'Error: A message has at most 7 KB');
    }),
  );
  staffDoor('POST', '/add-session', (staff, context) =>
    withForm(context, ({ text }) => addSession(deps, staff, text, deps.basePath)),
  );
  staffDoor('POST', '/add-part', (staff, context) =>
    withForm(context, ({ text }) => addPart(deps, access, context, text)),
  );
  staffDoor('GET', '/get-sessions', async (staff) => Response.json(await listSessions(db, staff.userId)));
  staffDoor('GET', '/get-session', async (staff, context) => {
    const wanted = context.req.query('id');
    const found = (await listSessions(db, staff.userId)).find((one) => one.id === wanted);
    return found ? Response.json(found) : say(404, 'Error: No such session');
  });
  staffDoor('GET', '/get-records', async (staff, context) => {
    const mine = (await listSessions(db, staff.userId)).map((one) => one.id);
    const sid = context.req.query('sid');
    const since = Number(context.req.query('since') ?? 0);
    const wanted = sid === undefined ? mine : mine.filter((id) => id === sid);
    return Response.json(await listRecords(db, blobs, wanted, Number.isFinite(since) ? since : 0));
  });
  staffDoor('GET', '/rec-count', async (staff, context) => {
    const sid = context.req.query('sid');
    if (sid === undefined) return say(400, 'Error: Missing sid');
    const mine = await listSessions(db, staff.userId);
    if (!mine.some((one) => one.id === sid)) return say(400, 'Error: No such session');
    return Response.json(await countRecords(db, sid));
  });
  staffDoor('DELETE', '/del-records', (staff, context) =>
    withForm(context, async ({ text }) => {
      const ids = text.getAll('record_ids[]').filter((id) => z.uuid().safeParse(id).success);
      if (ids.length > idsAtOnce) return say(400, `Error: At most ${idsAtOnce} records at once`);
      if (ids.length > 0) {
        for (const { id: labId } of await listSessions(db, staff.userId)) {
          const may = await access.check('owner', context.req.raw.headers, { labId });
          if (!('denied' in may)) await deleteWithHistory(deps, labId, ids, staff.name);
        }
      }
      return say(200, 'OK');
    }),
  );

  return { routes, listen: () => pushes.listen(), close: () => pushes.close() };
}

const unexpected =
  (where: string, database: OpenDatabase) =>
  (error: unknown): Said => {
    if (error instanceof TooLate) database.renewIfSilent();
    if (error instanceof TooLate || databaseFault(error) === 'away') {
      return say(503, 'Error: The server is busy. Send it again', { 'retry-after': '1' });
    }
    // Data that the database refuses is the sender's; what else fails here is ours.
    if (databaseFault(error) === 'row') return say(400, 'Error: The server does not take this data');
    const code = reportFault(error, where);
    return say(500, `Server error: Something went wrong (${code})`);
  };
