/**
 * How a feature declares what it offers: each route once, with its schemas and its access rule. `mount.ts` turns the
 * declarations into Hono handlers and the OpenAPI document, and refuses to start when a rule or a schema is missing.
 */
import type { Context } from 'hono';
import type { z } from 'zod';
import type { AccessRule } from '@nbpulse/schema/wire';
import type { Caller } from '../access/index.js';
import type { ProblemReply } from './problem-reply.js';

type Shape = z.ZodObject;

export interface RouteSpec<P extends Shape, Q extends Shape, B extends z.ZodType, R extends z.ZodType> {
  method: 'get' | 'post' | 'patch' | 'put' | 'delete';
  /** Below `/api/v1`, parameters in braces: `/labs/{lab}/state`. A `{lab}` or `{course}` is what staff rules are checked against. */
  path: string;
  access: AccessRule;
  summary: string;
  tag: string;
  params?: P;
  query?: Q;
  /** A JSON body by its schema, or raw bytes up to a limit. */
  body?: B;
  bytes?: { maxBytes: number; what: string };
  /** Largest JSON body, in bytes. Default 64 KiB. */
  maxBytes?: number;
  /** The JSON reply; leave it out for 204 and for handlers that answer with a `Response` of their own (then `replies` says what). */
  reply?: R;
  replies?: string;
  /**
   * How long the handler may take (a body's way here is not counted, nor a stream's way out), before the caller hears
   * `unavailable`. Default 10 s; null for what waits on purpose.
   */
  deadlineMs?: number | null;
  /** Default 200, or 204 without a reply. */
  status?: 200 | 201 | 202 | 204;
}

export interface RouteInput<P, Q, B> {
  params: P;
  query: Q;
  body: B;
  /** Raw bytes, when the route declares `bytes`; else empty. */
  bytes: Uint8Array<ArrayBuffer>;
  caller: Caller;
  context: Context;
}

/** A declared route with its types forgotten: what `mount` takes. */
export interface Route {
  spec: RouteSpec<Shape, Shape, z.ZodType, z.ZodType>;
  handle: (input: RouteInput<never, never, never>) => Promise<unknown>;
}

type Empty = z.ZodObject<Record<string, never>>;

/** Declares one route. The handler gets parsed input and returns the reply's data, a `ProblemReply`, or a `Response`. */
export function defineRoute<
  P extends Shape = Empty,
  Q extends Shape = Empty,
  B extends z.ZodType = z.ZodUndefined,
  R extends z.ZodType = z.ZodUndefined,
>(
  spec: RouteSpec<P, Q, B, R>,
  handle: (input: RouteInput<z.output<P>, z.output<Q>, z.output<B>>) => Promise<z.input<R> | ProblemReply | Response>,
): Route {
  // Types are forgotten here and nowhere else: `mount` parses the input by `spec` before it calls `handle`.
  return { spec, handle };
}
