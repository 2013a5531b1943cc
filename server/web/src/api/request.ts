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
  /** Of a conflict: what stands there now. */
  now?: unknown;
  status: number;
}
export type Answer<T> = { ok: true; value: T } | { ok: false; failure: Failure };

interface Asked {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  body?: unknown;
  /** Raw bytes in place of a body, such as a notebook. */
  bytes?: Blob;
  signal?: AbortSignal | undefined;
  /** A participant's: sent instead of the cookie. */
  token?: string;
  /** The reply, when it was asked for before. */
  early?: Response | null;
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
      now: told.data.now,
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

async function ask(
  path: string,
  { method = 'GET', body, bytes, signal, token, early }: Asked,
): Promise<Response | Failure> {
  if (early) return early;
  try {
    return await fetch(apiUrl(path), {
      method,
      credentials: token === undefined ? 'same-origin' : 'omit',
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: bytes ?? (body === undefined ? null : JSON.stringify(body)),
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

/** Asks for a file, such as a picture or an archive. Throws only when `signal` was aborted. */
export async function requestFile(path: string, asked: Asked = {}): Promise<Answer<Blob>> {
  const response = await ask(path, asked);
  if (!(response instanceof Response)) return { ok: false, failure: response };
  if (!response.ok) return { ok: false, failure: await failureOf(response) };
  try {
    return { ok: true, value: await response.blob() };
  } catch (error) {
    if (asked.signal?.aborted === true) throw error;
    return { ok: false, failure: unreachable };
  }
}

/** Asks for text, such as a stored notebook. */
export async function requestText(path: string, asked: Asked = {}): Promise<Answer<string>> {
  const answer = await requestFile(path, asked);
  return answer.ok ? { ok: true, value: await answer.value.text() } : answer;
}
