/**
 * One way to the server's HTTP API. Expected failure is a value: whoever asks gets either what they asked for, parsed,
 * or a failure in words that a person can act on.
 */
import { problem, type ProblemCode } from '@nbpulse/schema/wire';
import type { z } from 'zod';
import { apiUrl } from '../address.js';

export interface Failure {
  code: ProblemCode | 'unreachable' | 'unreadable';
  message: string;
  fields?: Record<string, string> | undefined;
  status: number;
}
export type Answer<T> = { ok: true; value: T } | { ok: false; failure: Failure };

interface Asked {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  body?: unknown;
  signal?: AbortSignal;
}

const unreachable: Failure = {
  code: 'unreachable',
  message:
    'The server does not answer. Nothing that was sent is lost; check the network, or ask whoever runs the server.',
  status: 0,
};

async function failureOf(response: Response): Promise<Failure> {
  const json: unknown = await response.json().catch(() => null);
  const told = problem.safeParse(json);
  if (told.success)
    return {
      code: told.data.error,
      message: told.data.message,
      fields: told.data.fields,
      status: response.status,
    };
  // Accounts are another library's routes, with an error shape of its own: {code, message}.
  if (typeof json === 'object' && json !== null && 'message' in json && typeof json.message === 'string') {
    return {
      code: response.status === 401 ? 'not-signed-in' : 'invalid',
      message: json.message,
      status: response.status,
    };
  }
  return {
    code: response.status === 401 ? 'not-signed-in' : response.status === 404 ? 'not-found' : 'internal',
    message: `The server answered ${String(response.status)} and did not say why. Try again; if it stays, its log tells more.`,
    status: response.status,
  };
}

async function ask(path: string, { method = 'GET', body, signal }: Asked): Promise<Response | Failure> {
  try {
    return await fetch(apiUrl(path), {
      method,
      credentials: 'same-origin',
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ?? null,
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    return unreachable;
  }
}

/** Asks for JSON of this shape. Throws only when `signal` was aborted. */
export async function request<T>(path: string, shape: z.ZodType<T>, asked: Asked = {}): Promise<Answer<T>> {
  const response = await ask(path, asked);
  if (!(response instanceof Response)) return { ok: false, failure: response };
  if (!response.ok) return { ok: false, failure: await failureOf(response) };
  const text = await response.text().catch(() => null);
  if (text === null) return { ok: false, failure: unreachable };
  try {
    const parsed = shape.safeParse(text === '' ? null : JSON.parse(text));
    if (parsed.success) return { ok: true, value: parsed.data };
    const issue = parsed.error.issues[0];
    return { ok: false, failure: unreadable(path, issue ? `${issue.path.join('.')}: ${issue.message}` : '') };
  } catch {
    return { ok: false, failure: unreadable(path, 'not JSON') };
  }
}

const unreadable = (path: string, why: string): Failure => ({
  code: 'unreadable',
  message: `This page does not understand the server's answer about ${path.split('?')[0] ?? path} (${why}). They may be of different versions: load the page again.`,
  status: 200,
});

/** Asks for bytes, such as a stored notebook. */
export async function requestText(path: string, signal?: AbortSignal): Promise<Answer<string>> {
  const response = await ask(path, signal ? { signal } : {});
  if (!(response instanceof Response)) return { ok: false, failure: response };
  if (!response.ok) return { ok: false, failure: await failureOf(response) };
  try {
    return { ok: true, value: await response.text() };
  } catch (error) {
    if (signal?.aborted === true) throw error;
    return { ok: false, failure: unreachable };
  }
}
