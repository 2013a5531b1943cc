/** A participant's submissions as this page knows them: from `GET /me`, from pushes, from receipts, in whatever order they come. */
import type { Receipt, SubmissionView } from '@nbpulse/schema/wire';

export class Results {
  private readonly views = new Map<string, SubmissionView>();

  /** Newest first. */
  get all(): SubmissionView[] {
    return [...this.views.values()].sort((a, b) => b.receivedAt.localeCompare(a.receivedAt));
  }
  get isAnyUnderWay(): boolean {
    return [...this.views.values()].some((view) => view.endedAt === null && view.status !== 'ungraded');
  }

  takeReceipt(receipt: Receipt): void {
    if (this.views.has(receipt.id)) return;
    const unknown = {
      note: null,
      queuedAt: receipt.receivedAt,
      startedAt: null,
      endedAt: null,
      progress: null,
      executed: false,
      result: null,
    };
    this.take({ ...receipt, status: 'queued', ...unknown });
  }

  /** A submission never moves back. */
  take(next: SubmissionView): void {
    const now = this.views.get(next.id);
    if (now && isBehind(next, now)) return;
    this.views.set(next.id, next);
  }
}

/** A regrade queues a finished submission again: its `queuedAt` is later, and that counts before the steps of one run. */
function isBehind(a: SubmissionView, b: SubmissionView): boolean {
  const run = (view: SubmissionView): number => (view.queuedAt === null ? 0 : Date.parse(view.queuedAt));
  const step = (view: SubmissionView): number =>
    view.endedAt !== null ? Infinity : view.startedAt !== null ? 1 + (view.progress?.done ?? 0) : 0;
  return run(a) !== run(b) ? run(a) < run(b) : step(a) < step(b);
}
