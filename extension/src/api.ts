/** The server's HTTP API, as one participant's page uses it. A failure is a value with words for the student. */
import {
  batchReply,
  checkpointReply,
  joinPreview,
  joinReply,
  meView,
  myActivity,
  myCheckpoints,
  myPageLink,
  myRecords,
  problem,
  receipt,
  recordView,
  submissionView,
  trialView,
  type BatchReply,
  type CheckpointReply,
  type EventBatch,
  type JoinPreview,
  type JoinReply,
  type JoinRequest,
  type MeView,
  type MyCheckpoint,
  type MyOtherEvent,
  type ProblemCode,
  type Receipt,
  type RecordView,
  type SubmissionView,
  type TrialView,
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
  /** Sending off or on, for all devices of this participant. */
  setSending(sending: boolean): Promise<Reply<null>> {
    return this.act('PATCH', '/me', { body: JSON.stringify({ sending }), type: 'application/json' });
  }
  /** Newest first, from `offset` on. A long value comes as null: fetch it by `record`. */
  async records(offset: number, limit: number): Promise<Reply<RecordView[]>> {
    const reply = await this.ask(myRecords, 'GET', `/me/records?limit=${limit}&offset=${offset}`);
    return reply.ok ? { ok: true, value: reply.value.records } : reply;
  }
  record(id: string): Promise<Reply<RecordView>> {
    return this.ask(recordView, 'GET', `/me/records/${id}`);
  }
  deleteRecord(id: string): Promise<Reply<null>> {
    return this.act('DELETE', `/me/records/${id}`);
  }
  /** Passive activity, drops and conflicts, newest first. */
  async otherEvents(): Promise<Reply<MyOtherEvent[]>> {
    const reply = await this.ask(myActivity, 'GET', '/me/activity');
    return reply.ok ? { ok: true, value: reply.value.events } : reply;
  }
  async checkpoints(): Promise<Reply<MyCheckpoint[]>> {
    const reply = await this.ask(myCheckpoints, 'GET', '/me/checkpoints');
    return reply.ok ? { ok: true, value: reply.value.checkpoints } : reply;
  }
  /** A picture that the participant sent. */
  picture(sha256: string): Promise<Reply<Blob>> {
    return this.bytes('GET', `/me/blobs/${sha256}`);
  }
  /** Everything, as a zip. */
  archive(): Promise<Reply<Blob>> {
    return this.bytes('GET', '/me/archive');
  }
  /** A link to the page "What is stored about me", good once, for minutes. */
  async page(): Promise<Reply<string>> {
    const reply = await this.ask(myPageLink, 'POST', '/me/page');
    return reply.ok ? { ok: true, value: reply.value.url } : reply;
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
  /** Runs the visible tests on a notebook that is not handed in. */
  startTrial(id: string, assignment: string, bytes: Uint8Array): Promise<Reply<TrialView>> {
    const path = `/me/trials?assignment=${encodeURIComponent(assignment)}`;
    const headers = { 'x-nbpulse-id': id };
    return this.ask(trialView, 'POST', path, { body: bytes, type: 'application/octet-stream', headers });
  }
  trial(id: string): Promise<Reply<TrialView>> {
    return this.ask(trialView, 'GET', `/me/trials/${id}`);
  }
  /** Forgets this device on the server: its token is worth nothing afterwards. */
  leave(): Promise<Reply<null>> {
    return this.act('DELETE', '/me/device');
  }

  /** Whatever a success says, it is a success. */
  private async act(method: string, path: string, sent: Sent = {}): Promise<Reply<null>> {
    const response = await this.succeed(method, path, sent);
    return response.ok ? { ok: true, value: null } : response;
  }

  private async bytes(method: string, path: string): Promise<Reply<Blob>> {
    const response = await this.succeed(method, path, {});
    if (!response.ok) return response;
    try {
      return { ok: true, value: await response.value.blob() };
    } catch {
      return { ok: false, problem: unreachable(this.server) };
    }
  }

  private async ask<T>(shape: z.ZodType<T>, method: string, path: string, sent: Sent = {}): Promise<Reply<T>> {
    const response = await this.succeed(method, path, sent);
    if (!response.ok) return response;
    let json: unknown;
    try {
      json = await response.value.json();
    } catch {
      return { ok: false, problem: notOurs(this.server) };
    }
    const parsed = shape.safeParse(json);
    return parsed.success ? { ok: true, value: parsed.data } : { ok: false, problem: notOurs(this.server) };
  }

  private async succeed(method: string, path: string, sent: Sent): Promise<Reply<Response>> {
    const response = await this.call(method, path, sent);
    if (!response.ok || response.value.ok) return response;
    return { ok: false, problem: await problemOf(response.value, this.server) };
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
      return { ok: false, problem: unreachable(this.server) };
    }
  }
}

interface Sent {
  body?: string | Uint8Array | null;
  type?: string;
  headers?: Record<string, string>;
}

const unreachable = (server: ServerAddress): ApiProblem => ({
  code: 'unreachable',
  message: `No answer from ${server.host}. Check your network; what you send is kept and goes out by itself.`,
});

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
  if (response.status === 429) {
    // A proxy's own limit: its time counts as ours does.
    const seconds = Number(response.headers.get('retry-after') ?? NaN);
    const message = `${server.host} asks for a pause. What you send is kept and goes out by itself.`;
    return { code: 'too-fast', message, ...(seconds >= 0 ? { retryAfterMs: seconds * 1_000 } : {}) };
  }
  return notOurs(server);
}
