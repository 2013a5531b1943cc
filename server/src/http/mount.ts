/**
 * Turns declared routes into a Hono app. Each request passes, in this order: the access rule (headers and path only), the
 * device's rate, the body's size, the schemas, the handler. The unexpected is caught here, once.
 */
import { Hono, type Context } from 'hono';
import { z } from 'zod';
import { second, type AccessRule } from '@nbpulse/schema/wire';
import { TokenBuckets, type Access, type Caller } from '../access/index.js';
import { databaseFault, TooLate, within } from '../database/index.js';
import { readBody } from './body.js';
import { reportFault } from './fault-report.js';
import { isOwnOrigin } from './origin.js';
import { ProblemReply, refuse } from './problem-reply.js';
import type { Route, RouteInput } from './route.js';

export interface MountDeps {
  access: Access;
  /** Where browsers reach us, when it is not the address that they name in `host`. */
  publicUrl: string | null;
  /** A request took longer than its deadline: the database may have gone silent. */
  onLate?: () => void;
}

/** Requests of one device, whatever they ask; the events in them have a rate of their own besides. */
const deviceRequests = { perSecond: 20, burst: 200 };
const defaultBodyBytes = 64 * 1024;
const databaseAwayRetryMs = 1_000;
const defaultDeadlineMs = 10 * second;
/** Rules of callers who have no cookie: any origin may call them, as no browser adds credentials by itself. */
const openToAnyOrigin = new Set<AccessRule>(['public', 'participant']);

export function mountRoutes(routes: Route[], deps: MountDeps): Hono {
  const app = new Hono();
  const buckets = new TokenBuckets(deviceRequests);
  const preflights = new Map<string, string[]>();

  for (const { spec, handle } of routes) {
    const where = `${spec.method.toUpperCase()} ${spec.path}`;
    checkSpec(routes, spec, where);
    const path = spec.path.replace(/\{(\w+)\}/g, ':$1');
    const anyOrigin = openToAnyOrigin.has(spec.access);
    if (anyOrigin) preflights.set(path, [...(preflights.get(path) ?? []), spec.method.toUpperCase()]);

    app.on(spec.method.toUpperCase(), path, async (context) => {
      const response = await answer(context, spec, handle, where).catch((error: unknown) => {
        if (error instanceof TooLate) deps.onLate?.();
        return unexpected(error, where);
      });
      if (anyOrigin) {
        response.headers.set('access-control-allow-origin', '*');
        response.headers.set('access-control-expose-headers', 'retry-after, content-disposition');
      }
      response.headers.set('x-content-type-options', 'nosniff');
      if (!response.headers.has('content-security-policy')) {
        response.headers.set('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
      }
      if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'no-store');
      return response;
    });
  }

  for (const [path, methods] of preflights) {
    app.options(path, () => {
      const headers = {
        'access-control-allow-origin': '*',
        'access-control-allow-methods': methods.join(', '),
        'access-control-allow-headers':
          'authorization, content-type, x-nbpulse-id, x-nbpulse-filename, x-nbpulse-made-at, x-nbpulse-sha256',
        'access-control-allow-private-network': 'true',
        'access-control-max-age': '86400',
      };
      return new Response(null, { status: 204, headers });
    });
  }

  async function answer(
    context: Context,
    spec: Route['spec'],
    handle: Route['handle'],
    where: string,
  ): Promise<Response> {
    const rawParams = context.req.param() as Record<string, string>;
    const caller = await within(
      defaultDeadlineMs,
      deps.access.check(spec.access, context.req.raw.headers, { labId: rawParams.lab, courseId: rawParams.course }),
    );
    if ('denied' in caller) return problemResponse(new ProblemReply(caller.denied, caller.problem));
    const refusal = mayCall(context, spec, caller);
    if (refusal) return problemResponse(refusal);

    const params = parsePart(spec.params, rawParams, 'the address');
    if (params instanceof ProblemReply) return problemResponse(params);
    const query = parsePart(spec.query, context.req.query(), 'the query');
    if (query instanceof ProblemReply) return problemResponse(query);
    const read = await readDeclaredBody(context, spec);
    if (read instanceof ProblemReply) return problemResponse(read);

    const input = { params, query, ...read, caller, context } as RouteInput<never, never, never>;
    const { deadlineMs = defaultDeadlineMs } = spec;
    const result = await (deadlineMs === null ? handle(input) : within(deadlineMs, handle(input)));
    if (result instanceof Response) return new Response(result.body, result);
    if (result instanceof ProblemReply) return problemResponse(result);
    if (spec.reply === undefined) return new Response(null, { status: spec.status ?? 204 });
    const reply = spec.reply.safeParse(result);
    if (!reply.success) throw new Error(`the reply of ${where} does not fit its own schema`, { cause: reply.error });
    return Response.json(reply.data, { status: spec.status ?? 200 });
  }

  function mayCall(context: Context, spec: Route['spec'], caller: Caller): ProblemReply | null {
    const isChange = spec.method !== 'get';
    if (caller.kind === 'staff' && isChange && !isOwnOrigin(context.req.raw.headers, deps.publicUrl)) {
      return refuse(403, 'not-allowed', 'This request came from a page of another site. Use the server’s own pages.');
    }
    if (caller.kind === 'participant') {
      const retryAfterMs = buckets.take(caller.deviceId);
      if (retryAfterMs > 0) {
        return refuse(
          429,
          'too-fast',
          'This computer sends too many requests. It will be let through again in a moment.',
          { retryAfterMs },
        );
      }
    }
    return null;
  }

  return app;
}

async function readDeclaredBody(
  context: Context,
  spec: Route['spec'],
): Promise<{ body: unknown; bytes: Uint8Array<ArrayBuffer> } | ProblemReply> {
  if (spec.bytes) {
    const bytes = await readBody(context.req.raw, spec.bytes.maxBytes, spec.bytes.what);
    return bytes instanceof ProblemReply ? bytes : { body: undefined, bytes };
  }
  if (!spec.body) return { body: undefined, bytes: new Uint8Array() };
  const type = context.req.header('content-type') ?? '';
  if (!/^application\/([\w.-]+\+)?json\b/i.test(type)) {
    return refuse(415, 'invalid', 'The body must be JSON: send it with the header content-type: application/json.');
  }
  const raw = await readBody(context.req.raw, spec.maxBytes ?? defaultBodyBytes, 'The body of this request');
  if (raw instanceof ProblemReply) return raw;
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw));
  } catch {
    return refuse(400, 'invalid', 'The body is not valid JSON in UTF-8.');
  }
  const body = parsePart(spec.body, json, 'the body');
  return body instanceof ProblemReply ? body : { body, bytes: new Uint8Array() };
}

/** Parsed, or a 400 that names each wrong field. */
function parsePart(schema: z.ZodType | undefined, input: unknown, part: string): unknown {
  if (!schema) return {};
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const fields: Record<string, string> = {};
  for (const issue of parsed.error.issues.slice(0, 20)) fields[issue.path.join('.') || '(whole)'] ??= issue.message;
  const first = Object.entries(fields)[0];
  const detail = first ? `${first[0] === '(whole)' ? '' : `${first[0]}: `}${first[1]}` : 'it does not fit';
  return refuse(400, 'invalid', `Something in ${part} is wrong. ${detail}`, { fields });
}

export function problemResponse({ status, body }: ProblemReply): Response {
  const headers: Record<string, string> =
    body.retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(body.retryAfterMs / 1000)) };
  return Response.json(body, { status, headers });
}

function unexpected(error: unknown, where: string): Response {
  if (error instanceof TooLate) {
    return problemResponse(
      refuse(503, 'unavailable', 'The server took too long to answer. It may be busy; send the same again.', {
        retryAfterMs: databaseAwayRetryMs,
      }),
    );
  }
  if (databaseFault(error) === 'away') {
    return problemResponse(
      refuse(503, 'unavailable', 'The server’s database is away for a moment. Nothing was lost; send the same again.', {
        retryAfterMs: databaseAwayRetryMs,
      }),
    );
  }
  const code = reportFault(error, where);
  return problemResponse(
    refuse(
      500,
      'internal',
      `Something went wrong in the server (${code}). It was logged under this code; try again, and tell whoever runs the server if it stays.`,
    ),
  );
}

/** A mistake in a declaration stops the server at its start. */
function checkSpec(routes: Route[], spec: Route['spec'], where: string): void {
  const wrong = (what: string) => new Error(`The route ${where} cannot be mounted: ${what}`);
  // Declarations are typed; a route built by hand, or from JavaScript, may still lack what matters most.
  const given = spec as Partial<Route['spec']>;
  if (!given.access) throw wrong('it has no access rule');
  const names = [...spec.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
  const declared = Object.keys(spec.params?.shape ?? {});
  if (names.length !== declared.length || names.some((name) => name === undefined || !declared.includes(name))) {
    throw wrong(`its path names {${names.join('}, {')}}, its params are ${declared.join(', ') || 'none'}`);
  }
  if (['assistant', 'teacher', 'owner'].includes(spec.access) && !names.includes('lab') && !names.includes('course')) {
    throw wrong(`the rule ${spec.access} needs a {lab} or {course} in the path to be checked against`);
  }
  if (!given.reply && !given.replies && (spec.status ?? 204) !== 204)
    throw wrong('it has neither a reply schema nor a description of its reply');
  if (['post', 'put', 'patch'].includes(spec.method) && spec.body && spec.bytes)
    throw wrong('it has a JSON body and raw bytes');
  if (routes.filter((other) => other.spec.method === spec.method && other.spec.path === spec.path).length > 1) {
    throw wrong('it is declared twice');
  }
}
