/** Folds a student's timeline: records of one question sent one after the other become one line with their history. */
import type { TimelineItem } from '@nbpulse/schema/wire';

export type RecordItem = Extract<TimelineItem, { kind: 'record' }>;
export type Line =
  | { kind: 'records'; question: string; items: [RecordItem, ...RecordItem[]] }
  | { kind: 'item'; item: Exclude<TimelineItem, { kind: 'record' }> };

export function foldedOf(items: readonly TimelineItem[]): Line[] {
  const lines: Line[] = [];
  for (const item of items) {
    const last = lines[lines.length - 1];
    if (item.kind !== 'record') lines.push({ kind: 'item', item });
    else if (last?.kind === 'records' && last.question === item.record.question) last.items.push(item);
    else lines.push({ kind: 'records', question: item.record.question, items: [item] });
  }
  return lines;
}
