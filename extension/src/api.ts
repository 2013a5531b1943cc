/** The server's HTTP API, as one participant's page uses it. A failure is a value with words for the student. */
import {
  batchReply,
  checkpointReply,
  joinPreview,
  joinReply,
  meView,
  problem,
  receipt,
  myRecords,
  submissionView,
  type BatchReply,
  type CheckpointReply,
  type EventBatch,
  type JoinPreview,
  type JoinReply,
  type JoinRequest,
  type MeView,
  type ProblemCode,
  type Receipt,
  type RecordView,
  type SubmissionView,
} from '@nbpulse/schema/wire';
import type { z } from 'zod';
import { apiUrl, type ServerAddress } from './address.js';

/** A request that takes longer is given up and tried again: a 10 MB notebook over a slow line needs about a minute. */
const requestTimeoutMs = 90_000;

export interface ApiProblem {
  /** `unreachable`: no answer at all. `not-nbpulse`: an answer that is not ours. Both may be tried again. */
  code: ProblemCode | 'unreachable' | 'not-nbpulse';
  message: string;
  retryAfterMs?: number | undefined;
}
export type Reply<T> = { ok: true; value: T } | { ok: false; problem: ApiProblem };

/** True when the same request may succeed later without anybody doing anything. */
export function isPassing(code: ApiProblem['code']): boolean {
  return ['unreachable', 'not-nbpulse', 'unavailable', 'too-fast', 'internal'].includes(code);
}

export class ServerApi {
  constructor(
    readonly server: ServerAddress,
    private readonly token: string | null,
    private readonly fetchFrom: typeof fetch = (...request) => fetch(...request),
  ) {}

  preview(code: string): Promise<Reply<JoinPreview>> {
    return this.ask(joinPreview, 'GET', `/join/${encodeURIComponent(code)}`);
  }
  join(request: JoinRequest): Promise<Reply<JoinReply>> {
    return this.ask(joinReply, 'POST', '/join', { body: JSON.stringify(request), type: 'application/json' });
  }
  me(): Promise<Reply<MeView>> {
    return this.ask(meView, 'GET', '/me');
  }
  async records(): Promise<Reply<RecordView[]>> {
    const reply = await this.ask(myRecords, 'GET', '/me/records');
    return reply.ok ? { ok: true, value: reply.value.records } : reply;
  }
  events(lab: string, batch: EventBatch): Promise<Reply<BatchReply>> {
    return this.ask(batchReply, 'POST', `/labs/${lab}/events`, {
      body: JSON.stringify(batch),
      type: 'application/json',
    });
  }
  submission(id: string): Promise<Reply<SubmissionView>> {
    return this.ask(submissionView, 'GET', `/me/submissions/${id}`);
  }
  /** Has the server these bytes from this participant already? A failure to find out counts as no. */
  async hasCheckpoint(sha256: string): Promise<boolean> {
    const response = await this.call('HEAD', `/me/checkpoints/${sha256}`, {});
    return response.ok && response.value.ok;
  }
  /** `bytes` null: the server has them, by their hash. */
  checkpoint(id: string, madeAt: string, sha256: string, bytes: Uint8Array | null): Promise<Reply<CheckpointReply>> {
    const headers = {
      'x-nbpulse-id': id,
      'x-nbpulse-made-at': madeAt,
      ...(bytes ? {} : { 'x-nbpulse-sha256': sha256 }),
    };
    return this.ask(checkpointReply, 'POST', '/me/checkpoints', {
      body: bytes,
      type: 'application/octet-stream',
      headers,
    });
  }
  submit(id: string, madeAt: string, assignment: string, bytes: Uint8Array): Promise<Reply<Receipt>> {
    const headers = { 'x-nbpulse-id': id, 'x-nbpulse-made-at': madeAt };
    const path = `/me/submissions?assignment=${encodeURIComponent(assignment)}`;
    return this.ask(receipt, 'POST', path, { body: bytes, type: 'application/octet-stream', headers });
  }
  /** Forgets this device on the server: its token is worth nothing afterwards. */
  async leave(): Promise<Reply<null>> {
    const response = await this.call('DELETE', '/me/device', {});
    if (!response.ok) return response;
    return response.value.ok
      ? { ok: true, value: null }
      : { ok: false, problem: await problemOf(response.value, this.server) };
  }

  private async ask<T>(shape: z.ZodType<T>, method: string, path: string, sent: Sent = {}): Promise<Reply<T>> {
    const response = await this.call(method, path, sent);
    if (!response.ok) return response;
    if (!response.value.ok) return { ok: false, problem: await problemOf(response.value, this.server) };
    let json: unknown;
    try {
      json = await response.value.json();
    } catch {
      return { ok: false, problem: notOurs(this.server) };
    }
    const parsed = shape.safeParse(json);
    return parsed.success ? { ok: true, value: parsed.data } : { ok: false, problem: notOurs(this.server) };
  }

  private async call(method: string, path: string, sent: Sent): Promise<Reply<Response>> {
    const headers: Record<string, string> = { ...sent.headers };
    if (sent.type) headers['content-type'] = sent.type;
    if (this.token !== null) headers['authorization'] = `Bearer ${this.token}`;
    try {
      const response = await this.fetchFrom(apiUrl(this.server, path), {
        method,
        headers,
        body: (sent.body as BodyInit | null | undefined) ?? null,
        credentials: 'omit',
        cache: 'no-store',
        signal: AbortSignal.timeout(requestTimeoutMs),
      });
      return { ok: true, value: response };
    } catch {
      return {
        ok: false,
        problem: {
          code: 'unreachable',
          message: `No answer from ${this.server.host}. Check your network; what you send is kept and goes out by itself.`,
        },
      };
    }
  }
}

interface Sent {
  body?: string | Uint8Array | null;
  type?: string;
  headers?: Record<string, string>;
}

const notOurs = (server: ServerAddress): ApiProblem => ({
  code: 'not-nbpulse',
  message: `${server.host} answers, but not as an nbpulse server of this version. Check the address with your teacher.`,
});

async function problemOf(response: Response, server: ServerAddress): Promise<ApiProblem> {
  try {
    const parsed = problem.safeParse(await response.json());
    if (parsed.success) {
      return { code: parsed.data.error, message: parsed.data.message, retryAfterMs: parsed.data.retryAfterMs };
    }
  } catch {
    // Not JSON: some proxy's page. The status alone says what it can.
  }
  if (response.status === 502 || response.status === 503 || response.status === 504) {
    return {
      code: 'unavailable',
      message: `${server.host} is not up at the moment (status ${response.status}). What you send is kept.`,
    };
  }
  return notOurs(server);
}
