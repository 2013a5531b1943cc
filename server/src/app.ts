/** The server, put together: every feature's routes, the live socket, sign-in, the pages. Knows no port. */
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { Hono } from 'hono';
import { getPath } from 'hono/utils/url';
import { KiB, second, wireVersion, type SubmissionView } from '@nbpulse/schema/wire';
import { openAccess, type FindStaff } from './access/index.js';
import { accountRoutes, createAuth } from './accounts/index.js';
import { assignmentRoutes, assignmentsToTry } from './assignments/index.js';
import { openBlobs, type Blobs } from './blobs/index.js';
import { checkpointChanges, checkpointRoutes } from './checkpoints/index.js';
import { courseRoutes } from './courses/index.js';
import { databaseFault, TooLate, within, type OpenDatabase } from './database/index.js';
import { expectedRoutes, setExpected, setTemplateAnswers } from './expected/index.js';
import { exportRoutes } from './export/index.js';
import { gradebookRoutes } from './gradebook/index.js';
import { checkJobs, gradeFiles, gradeJobs, keepExecuted } from './grading/index.js';
import { Grouper, groupRoutes, Snapshots } from './groups/index.js';
import {
  mountRoutes,
  openApiDocument,
  problemResponse,
  ProblemReply,
  readBody,
  refuse,
  reportFault,
  type Route,
} from './http/index.js';
import { ingestRoutes, openIngest } from './ingest/index.js';
import { KeptGrids, labRoutes, logReader } from './labs/index.js';
import { openLive } from './live/index.js';
import { myPageRoutes } from './my-page/index.js';
import {
  notebookRunChanges,
  notebookRunRoutes,
  notebookRunsOf,
  solutionFiles,
  solutionJobs,
} from './notebook-runs/index.js';
import { openQueue, workerRoutes } from './queue/index.js';
import { isSending, peopleRoutes } from './people/index.js';
import { recordRoutes } from './records/index.js';
import { recordsTableRoutes } from './records-table/index.js';
import { openSweeper, removalRoutes, type Sweeper } from './removals/index.js';
import { openRetention, retentionRoutes, type Retention } from './retention/index.js';
import { siteApp } from './site/index.js';
import { staffNoteRoutes } from './staff-notes/index.js';
import {
  ownSubmissions,
  submissionChanges,
  submissionMoves,
  submissionRoutes,
  submissionsOfLab,
} from './submissions/index.js';
import { ownTrials, trialFiles, trialJobs, trialRoutes } from './trials/index.js';
import { openTracker } from './tracker/index.js';

export interface AppDeps {
  database: OpenDatabase;
  /** Below it: `blobs/`. */
  dataFolder: string;
  /** Signs cookies; at least 32 characters. */
  authSecret: string;
  /** Without a slash at the end; its path is where the server stands. */
  publicUrl: string;
  wheel: string | null;
  /** The built pages. Default: what `npm run build` made. */
  webFolder?: string;
}

export interface App {
  fetch: Hono['fetch'];
  request: Hono['request'];
  blobs: Blobs;
  retention: Retention;
  removals: Sweeper;
  routes: Route[];
  /** Listens for other processes' commits. */
  start(): Promise<void>;
  /** Writes what is queued, tells sockets that the server goes away. The database stays open. */
  close(): Promise<void>;
}

export const serverVersion = '0.1.0';
const apiPath = '/api/v1';
/** Addresses, names, passwords. */
const signInBytes = 16 * KiB;
const signInWithinMs = 10 * second;
const builtPages = fileURLToPath(new URL('../web', import.meta.url));

export function createApp(deps: AppDeps): App {
  const { database, publicUrl } = deps;
  const { db } = database;
  const basePath = `${new URL(publicUrl).pathname.replace(/\/+$/, '')}/`;

  const auth = createAuth({ db, secret: deps.authSecret, publicUrl });
  const findStaff: FindStaff = async (headers) => {
    const session = await auth.staffSession(headers);
    return (
      session && {
        userId: session.user.id,
        name: session.user.name,
        email: session.user.email,
        admin: session.user.admin,
      }
    );
  };
  const access = openAccess(db, findStaff);
  const blobs = openBlobs(join(deps.dataFolder, 'blobs'), db);
  const readLog = logReader(db, [checkpointChanges, submissionChanges, notebookRunChanges]);
  const live = openLive({ database, readLog, ownSubmission: (participantId, id) => ownSubmission(participantId, id) });
  const { announce } = live;
  const ingest = openIngest({ db, blobs, announce, onLate: database.renewIfSilent });
  const sockets = live.sockets({
    access,
    take: (caller, batch, bytes) => ingest.take(caller, batch, bytes),
    publicUrl,
  });

  const ownSubmission = async (participantId: string, id: string): Promise<SubmissionView | null> =>
    (await ownSubmissions(db, participantId)).find((one) => one.id === id) ?? null;
  const tellParticipant = (participantId: string, submission: SubmissionView): void =>
    live.tell(participantId, { v: wireVersion, type: 'submission', submission });
  const moves = submissionMoves({ db, announce, tellParticipant });
  const queue = openQueue(database, {
    kinds: {
      grade: gradeJobs({ db, ...moves }),
      trial: trialJobs({ db, blobs, tell: live.tell }),
      check: checkJobs(moves),
      solution: solutionJobs({
        announce,
        setTemplateAnswers: (labId, hashes) => setTemplateAnswers({ db, announce }, labId, hashes),
      }),
    },
    onFault: (error, what) => {
      if (databaseFault(error) !== 'away') reportFault(error, what);
    },
  });
  const endDevices = (labId: string, deviceIds: string[], message: string): void => {
    access.forget({ deviceIds });
    live.endDevices(labId, deviceIds, message);
  };
  const tellMe = async (participantId: string): Promise<void> => {
    const sending = await isSending(db, participantId);
    if (sending !== null) live.tell(participantId, { v: wireVersion, type: 'me', sending });
  };
  const grouper = new Grouper(db);
  const snapshots = new Snapshots();
  const grids = new KeptGrids();
  const forgetLab = (labId: string): void => {
    access.forget({ labId });
    ingest.forgetLab(labId);
    grouper.forgetLab(labId);
    snapshots.forgetLab(labId);
    grids.forgetLab(labId);
  };

  const removals = openSweeper({ db, blobs, announce });
  const retention = openRetention({ db, blobs, announce, forgetLab });

  const routes: Route[] = [
    ...accountRoutes({ db, auth, publicUrl }),
    ...courseRoutes({ db }),
    ...labRoutes({
      db,
      blobs,
      announce,
      forgetLab,
      readLog,
      presenceOf: live.presenceOf,
      submissionsOf: submissionsOfLab,
      notebookRunsOf,
      grids,
    }),
    ...peopleRoutes({
      db,
      announce,
      endDevices,
      submissionsOf: ownSubmissions,
      trialsOf: ownTrials,
      assignmentsOf: assignmentsToTry,
    }),
    ...staffNoteRoutes({ db }),
    ...expectedRoutes({ db, announce }),
    ...ingestRoutes({ ingest, seen: live.seen }),
    ...recordRoutes({ db, blobs, basePath, presenceOf: live.presenceOf, submissionsOf: submissionsOfLab }),
    ...recordsTableRoutes({ db }),
    ...exportRoutes({ db, blobs }),
    ...removalRoutes({ db, announce, dueAt: (at) => removals.dueAt(at) }),
    ...retentionRoutes({ db, blobs, announce, endDevices, forgetLab }),
    ...myPageRoutes({ db, blobs, announce, publicUrl, tellMe, submissionsOf: ownSubmissions, trialsOf: ownTrials }),
    ...assignmentRoutes({ db, blobs }),
    ...checkpointRoutes({ db, blobs, announce }),
    ...submissionRoutes({ db, blobs, queue, moved: moves.moved }),
    ...trialRoutes({ db, blobs, queue }),
    ...gradebookRoutes({ db }),
    ...groupRoutes({ db, announce, grouper, snapshots }),
    ...workerRoutes({
      queue,
      files: gradeFiles({ db, blobs }),
      trialFiles: trialFiles({ db, blobs }),
      authorFiles: solutionFiles({ db, blobs }),
      keepExecuted: keepExecuted({ db, blobs }),
    }),
    ...notebookRunRoutes({
      db,
      blobs,
      queue,
      announce,
      setExpected: (labId, wanted) => setExpected({ db, announce }, labId, wanted),
    }),
  ];

  // Behind a proxy that keeps the path, and behind one that strips it, the routes are the same.
  const app = new Hono({
    getPath(request) {
      const path = getPath(request);
      return basePath !== '/' && path.startsWith(basePath) ? path.slice(basePath.length - 1) : path;
    },
  });
  app.get(`${apiPath}/health`, async (context) => {
    try {
      await database.check();
      return context.json({ ok: true, version: serverVersion });
    } catch {
      return problemResponse(refuse(503, 'unavailable', 'The database does not answer.', { retryAfterMs: 1_000 }));
    }
  });
  let document: Record<string, unknown> | null = null;
  app.get(`${apiPath}/openapi.json`, (context) => {
    document ??= openApiDocument(routes, serverVersion);
    return context.json({ ...document, servers: [{ url: publicUrl }] });
  });
  app.all(`${apiPath}/auth/*`, async (context) => {
    const url = new URL(context.req.url);
    url.pathname = context.req.path;
    const { method, headers } = context.req.raw;
    if (method === 'GET' || method === 'HEAD') {
      return within(signInWithinMs, auth.handle(new Request(url, { method, headers })));
    }
    const body = await readBody(context.req.raw, signInBytes, 'A sign-in');
    return body instanceof ProblemReply
      ? problemResponse(body)
      : within(signInWithinMs, auth.handle(new Request(url, { method, headers, body })));
  });
  app.get(`${apiPath}/live`, sockets.upgrade, () =>
    problemResponse(refuse(400, 'invalid', 'This is a WebSocket’s address: connect with ws:// or wss://.')),
  );
  const tracker = openTracker({
    database,
    db,
    blobs,
    access,
    announce,
    forgetLab,
    ingest,
    seen: live.seen,
    publicUrl,
    basePath,
  });
  app.route('/', tracker.routes);
  app.route(apiPath, mountRoutes(routes, { access, publicUrl, onLate: database.renewIfSilent }));
  app.route('/', siteApp({ webFolder: deps.webFolder ?? builtPages, wheel: deps.wheel, basePath }));
  app.onError((error) => {
    if (error instanceof TooLate) database.renewIfSilent();
    if (error instanceof TooLate || databaseFault(error) === 'away') {
      return problemResponse(
        refuse(503, 'unavailable', 'The server’s database is away for a moment. Try again.', { retryAfterMs: 1_000 }),
      );
    }
    const code = reportFault(error, 'outside of the routes');
    return problemResponse(
      refuse(500, 'internal', `Something went wrong in the server (${code}). It was logged; try again.`),
    );
  });

  return {
    fetch: app.fetch,
    request: app.request,
    blobs,
    retention,
    removals,
    routes,
    async start() {
      await Promise.all([live.listen(), tracker.listen()]);
      retention.start();
      removals.start();
    },
    async close() {
      await retention.close();
      await removals.close();
      await ingest.close();
      sockets.close();
      tracker.close();
      await queue.close();
    },
  };
}
