/**
 * This participant's trials: the visible tests, run on a notebook that is not handed in. Only now counts: a trial that did not reach
 * the server is not kept for later, the student runs the tests again.
 *
 * States of the newest: none → `sending` → the server's view (waiting, running, retrying, done, fault), or a `problem` in words. A
 * problem of pace goes by itself when its time is over. Pushes move the view; while it is under way it is asked for as well, as not
 * every page has a socket, and a place in the queue is pushed to nobody.
 */
import type { TrialView } from '@nbpulse/schema/wire';
import { Signal } from '@lumino/signaling';
import type { ApiProblem, ServerApi } from './api.js';
import type { Clock } from './clock.js';

export interface TrialRequest {
  id: string;
  assignment: string;
  bytes: Uint8Array;
}
export interface TrialProblem {
  assignment: string;
  message: string;
  /** `offline`: the server was not reached. `too-fast`: it goes by itself. `refused`: the server's word. */
  kind: 'offline' | 'too-fast' | 'refused';
}

const lookEachMs = 3_000;

export class Trials {
  readonly changed = new Signal<this, undefined>(this);
  /** A token that the server no longer knows. */
  readonly expired = new Signal<this, ApiProblem>(this);

  /** On its way to the server. */
  sending: TrialRequest | null = null;
  problem: TrialProblem | null = null;

  private readonly views = new Map<string, TrialView>();
  private isStopped = false;
  private cancelLook: (() => void) | null = null;
  private cancelProblem: () => void = () => undefined;

  constructor(
    private readonly api: Pick<ServerApi, 'startTrial' | 'trial'>,
    private readonly clock: Clock,
  ) {}

  /** Of all assignments the one that was asked for last. */
  get newest(): TrialView | null {
    const sorted = [...this.views.values()].sort((a, b) => b.receivedAt.localeCompare(a.receivedAt));
    return sorted[0] ?? null;
  }
  get isUnderWay(): boolean {
    return this.sending !== null || (this.newest !== null && isOpen(this.newest));
  }

  async start(request: TrialRequest): Promise<void> {
    this.cancelProblem();
    this.problem = null;
    this.sending = request;
    this.changed.emit(undefined);
    const reply = await this.api.startTrial(request.id, request.assignment, request.bytes);
    // Another was asked for meanwhile, or whoever asked has left.
    if (this.isStopped || this.sending !== request) return;
    this.sending = null;
    if (reply.ok) this.take(reply.value);
    else this.fail(request.assignment, reply.problem);
    this.changed.emit(undefined);
  }

  /** From `GET /me`, a push or an answer, in whatever order they come: a trial never moves back. */
  take(next: TrialView): void {
    const now = this.views.get(next.assignment);
    if (now && isBehind(next, now)) return;
    this.views.set(next.assignment, next);
    this.lookSoon();
    this.changed.emit(undefined);
  }

  stop(): void {
    this.isStopped = true;
    this.cancelLook?.();
    this.cancelProblem();
    Signal.clearData(this);
  }

  private fail(assignment: string, { code, message, retryAfterMs }: ApiProblem): void {
    if (code === 'bad-token' || code === 'not-signed-in') {
      this.expired.emit({ code, message });
      return;
    }
    if (code === 'too-fast') {
      this.problem = { assignment, message, kind: 'too-fast' };
      this.cancelProblem = this.clock.after(retryAfterMs ?? 10_000, () => {
        this.problem = null;
        this.changed.emit(undefined);
      });
      return;
    }
    const isAway = code === 'unreachable' || code === 'unavailable';
    this.problem = isAway
      ? {
          assignment,
          message: 'The server cannot be reached, so the tests were not run. Run them again when you are connected.',
          kind: 'offline',
        }
      : { assignment, message, kind: 'refused' };
  }

  private lookSoon(): void {
    if (this.isStopped || this.newest === null || !isOpen(this.newest)) return;
    this.cancelLook ??= this.clock.after(lookEachMs, () => {
      this.cancelLook = null;
      void this.look();
    });
  }

  private async look(): Promise<void> {
    const view = this.newest;
    if (view === null || !isOpen(view)) return;
    const reply = await this.api.trial(view.id);
    if (this.isStopped) return;
    if (reply.ok) this.take(reply.value);
    else if (reply.problem.code === 'not-found') {
      // A newer one took its place, on another device; `GET /me` tells of it.
      if (this.views.get(view.assignment)?.id === view.id) this.views.delete(view.assignment);
      this.changed.emit(undefined);
    }
    this.lookSoon();
  }
}

const isOpen = ({ status }: TrialView): boolean => status !== 'done' && status !== 'fault';

function isBehind(a: TrialView, b: TrialView): boolean {
  if (a.id !== b.id) return Date.parse(a.receivedAt) < Date.parse(b.receivedAt);
  // Back in the queue after a fault is a step on: only what has ended stays.
  return !isOpen(b) && isOpen(a);
}
