/** Records that have no answer yet: to name each while it waits, and to count it the moment it is saved. */
import { summaryOf, value, type MeView } from '@nbpulse/schema/wire';
import type { EventHead } from './custodian.js';

export interface WaitingRecord {
  question: string;
  summary: string;
  madeAt: string;
  isError: boolean;
}

export class Unanswered {
  private readonly records = new Map<string, WaitingRecord>();

  /** The newest few, newest first. */
  get newest(): WaitingRecord[] {
    return [...this.records.values()].slice(-5).reverse();
  }

  follow(stream: string, events: EventHead[]): void {
    for (const event of events) {
      if (event.kind !== 'record' || event.question === undefined) continue;
      const parsed = value.safeParse(event['value']);
      this.records.set(`${stream}/${event.seq}`, {
        question: event.question,
        summary: parsed.success ? summaryOf(parsed.data) : '',
        madeAt: typeof event['madeAt'] === 'string' ? event['madeAt'] : '',
        isError: parsed.success && parsed.data.t === 'error',
      });
    }
  }

  /** Takes one out: the server has said what became of it. */
  settle(stream: string, seq: number): WaitingRecord | null {
    const key = `${stream}/${seq}`;
    const record = this.records.get(key) ?? null;
    this.records.delete(key);
    return record;
  }
}

/** `me` with one more saved record, shown before the next refresh confirms it. */
export function counted(me: MeView, record: WaitingRecord): MeView {
  const status = record.isError ? ('error' as const) : ('answered' as const);
  const known = me.questions.find((question) => question.key === record.question);
  // The server's own count has it already: this answer was to a copy (another tab, the kernel's own pipe).
  if (known?.lastAt && Date.parse(record.madeAt) <= Date.parse(known.lastAt)) return me;
  const next = {
    key: record.question,
    title: known?.title ?? null,
    status,
    records: (known?.records ?? 0) + 1,
    lastAt: record.madeAt,
  };
  const questions = known
    ? me.questions.map((question) => (question === known ? next : question))
    : [...me.questions, next];
  return { ...me, questions };
}
