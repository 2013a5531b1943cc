/**
 * Staff's sign-in, by better-auth on our own tables. Public sign-up is off: accounts come from one-time links.
 *
 * Only the paths in `openPaths` are served; everything else that better-auth brings answers 404. Its errors are
 * turned into the API's one problem shape here.
 */
import { randomUUID } from 'node:crypto';
import { betterAuth } from 'better-auth';
import { drizzleAdapter } from 'better-auth/adapters/drizzle';
import { sql } from 'drizzle-orm';
import { day, type Problem } from '@nbpulse/schema/wire';
import * as tables from '@nbpulse/schema/db';
import { databaseFault, type Database } from '../database/index.js';
import { isOwnOrigin } from '../http/index.js';
import { deviceMarks } from './device-mark.js';
import { signInPace, type SignInPace } from './sign-in-pace.js';

export const passwordChars = { least: 12, most: 200 } as const;

const openPaths = new Set([
  '/sign-in/email',
  '/sign-out',
  '/get-session',
  '/change-password',
  '/list-sessions',
  '/revoke-session',
  '/revoke-other-sessions',
]);

export interface AuthOptions {
  db: Database;
  /** At least 32 characters, kept in the secrets folder. */
  secret: string;
  /** Where browsers reach this server, with the sub-path if there is one: `https://lab.example.org/nbpulse`. */
  publicUrl: string;
  pace?: SignInPace;
}

export interface StaffSession {
  user: { id: string; name: string; email: string; handle: string; admin: boolean };
}

export interface Auth {
  /** Answers everything below `/api/v1/auth`. */
  handle(request: Request): Promise<Response>;
  /** Who the cookie in these headers belongs to, or null. Renews nothing. */
  staffSession(headers: Headers): Promise<StaffSession | null>;
  /** The same, and `Set-Cookie` lines that prolong the session when it is a day old. */
  refreshSession(headers: Headers): Promise<{ session: StaffSession; cookies: string[] } | null>;
  /** Signs in with a password just set or proved: `Set-Cookie` lines. */
  signIn(email: string, password: string): Promise<string[]>;
  hashPassword(password: string): Promise<string>;
  verifyPassword(hash: string, password: string): Promise<boolean>;
  pace: SignInPace;
  /** The device's mark for an account, see `device-mark.ts`. */
  deviceOf(headers: Headers, email: string): string | null;
}

function betterAuthOf({ db, secret, publicUrl }: AuthOptions, cookiePrefix: string, path: string) {
  const { origin, protocol } = new URL(publicUrl);
  return betterAuth({
    appName: 'nbpulse',
    baseURL: origin,
    basePath: '/api/v1/auth',
    secret,
    telemetry: { enabled: false },
    logger: { disabled: true },
    // The unexpected comes out as it was thrown, and is caught where every other route's is.
    onAPIError: { throw: true },
    database: drizzleAdapter(db, {
      provider: 'pg',
      schema: {
        user: tables.staffUser,
        session: tables.staffSession,
        account: tables.staffCredential,
        verification: tables.staffVerification,
      },
    }),
    user: {
      additionalFields: {
        handle: { type: 'string', required: true, input: false },
        admin: { type: 'boolean', required: false, defaultValue: false, input: false },
      },
    },
    session: { expiresIn: (30 * day) / 1000, updateAge: (1 * day) / 1000 },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: passwordChars.least,
      maxPasswordLength: passwordChars.most,
    },
    // Ours counts per account and device; theirs per address, and a class sits behind one.
    rateLimit: { enabled: false },
    // A page opened by another name of this host (`--host`, a phone in the room) is the same origin as its requests.
    trustedOrigins: (request) => {
      const host = request?.headers.get('host');
      return host ? [origin, `${protocol}//${host}`] : [origin];
    },
    advanced: {
      // Left to itself the library skips these checks where NODE_ENV is test.
      disableOriginCheck: false,
      disableCSRFCheck: false,
      cookiePrefix,
      useSecureCookies: protocol === 'https:',
      defaultCookieAttributes: { sameSite: 'lax', httpOnly: true, path },
      ipAddress: { disableIpTracking: true },
      database: { generateId: () => randomUUID() },
    },
  });
}

export function createAuth(options: AuthOptions): Auth {
  const url = new URL(options.publicUrl);
  const path = url.pathname.replace(/\/+$/, '') || '/';
  // Cookies ignore the port: two servers on one laptop would sign each other's staff out.
  const cookiePrefix = url.port ? `nbpulse-${url.port}` : 'nbpulse';
  const auth = betterAuthOf(options, cookiePrefix, path);
  const pace = options.pace ?? signInPace();
  const marks = deviceMarks(options.secret, {
    name: `${cookiePrefix}.device`,
    path,
    secure: url.protocol === 'https:',
  });

  const sessionOf = (found: Awaited<ReturnType<typeof auth.api.getSession>>): StaffSession | null =>
    found && {
      user: {
        id: found.user.id,
        name: found.user.name,
        email: found.user.email,
        handle: found.user.handle,
        admin: found.user.admin === true,
      },
    };

  /** Throws what keeps the database from answering; better-auth hides it in an error of its own. */
  const askDatabase = async (): Promise<void> => {
    await options.db.execute(sql`select 1`);
  };
  const orDatabaseFault = async <T>(asked: Promise<T>): Promise<T> => {
    try {
      return await asked;
    } catch (error) {
      await askDatabase();
      throw error;
    }
  };

  async function signInByPage(request: Request): Promise<Response> {
    const email = await emailOf(request.clone());
    if (email === null) return problemResponse(400, 'invalid', 'Send an e-mail address and a password, as JSON.');
    const device = marks.read(request.headers, email);
    const waitMs = pace.begin(email, device);
    if (waitMs > 0) {
      const seconds = Math.ceil(waitMs / 1000);
      return problemResponse(
        429,
        'too-fast',
        `Too many failed sign-ins to this account. Wait ${String(seconds)} s, then try again. If the password is lost, whoever runs the server gets a new link by: npx nbpulse staff link ${email}`,
        waitMs,
      );
    }
    const response = await auth.handler(request).catch((error: unknown) => {
      pace.forgive(email, device);
      throw error;
    });
    if (response.ok) {
      pace.succeeded(email, device);
      const reply = new Response(response.body, response);
      reply.headers.append('set-cookie', marks.make(email));
      return reply;
    }
    if (response.status >= 500) {
      pace.forgive(email, device);
      await askDatabase();
    }
    return response.status === 401
      ? problemResponse(401, 'not-signed-in', 'E-mail or password is wrong.')
      : asProblem(response);
  }

  async function answer(request: Request): Promise<Response> {
    const at = new URL(request.url).pathname.replace(/^.*\/api\/v1\/auth/, '');
    if (!openPaths.has(at)) {
      return problemResponse(404, 'not-found', `There is nothing at /api/v1/auth${at.slice(0, 80)}.`);
    }
    if (request.method !== 'GET' && !isOwnOrigin(request.headers, options.publicUrl)) {
      const message = 'This request came from a page of another site. Use the server’s own pages.';
      return problemResponse(403, 'not-allowed', message);
    }
    if (at === '/sign-in/email' && request.method === 'POST') return signInByPage(request);
    const response = await auth.handler(request);
    if (response.status >= 500) await askDatabase();
    return response.ok ? response : asProblem(response);
  }

  return {
    pace,
    deviceOf: (headers, email) => marks.read(headers, email),
    async handle(request) {
      try {
        return await answer(request);
      } catch (error) {
        if (databaseFault(error) !== 'away') throw error;
        return problemResponse(503, 'unavailable', 'The server’s database is away for a moment. Try again.', 1_000);
      }
    },
    async staffSession(headers) {
      return sessionOf(await orDatabaseFault(auth.api.getSession({ headers, query: { disableRefresh: true } })));
    },
    async refreshSession(headers) {
      const found = await orDatabaseFault(auth.api.getSession({ headers, returnHeaders: true }));
      const session = sessionOf(found.response);
      return session && { session, cookies: found.headers.getSetCookie() };
    },
    async signIn(email, password) {
      const { headers } = await auth.api.signInEmail({ body: { email, password }, returnHeaders: true });
      return [...headers.getSetCookie(), marks.make(email)];
    },
    hashPassword: async (password) => (await auth.$context).password.hash(password),
    verifyPassword: async (hash, password) => (await auth.$context).password.verify({ hash, password }),
  };
}

/** The address that a sign-in names, folded as better-auth stores it. */
async function emailOf(request: Request): Promise<string | null> {
  const body: unknown = await request.json().catch(() => null);
  if (typeof body !== 'object' || body === null || !('email' in body) || typeof body.email !== 'string') return null;
  return body.email.length > 320 ? null : body.email.trim().toLowerCase();
}

async function asProblem(response: Response): Promise<Response> {
  const said: unknown = await response.json().catch(() => null);
  const message =
    typeof said === 'object' && said !== null && 'message' in said && typeof said.message === 'string'
      ? said.message
      : 'This did not work. Load the page again and retry.';
  const error = response.status === 401 ? 'not-signed-in' : response.status === 403 ? 'not-allowed' : 'invalid';
  return problemResponse(response.status, response.status >= 500 ? 'internal' : error, message);
}

function problemResponse(status: number, error: Problem['error'], message: string, retryAfterMs?: number): Response {
  const body: Problem = retryAfterMs === undefined ? { error, message } : { error, message, retryAfterMs };
  return Response.json(body, {
    status,
    headers: retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) },
  });
}
