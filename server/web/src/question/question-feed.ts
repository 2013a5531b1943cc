/**
 * The records of one question on this page: what the server had when it was asked, and every change since. A record replaces
 * the one with its id, so a change that arrives twice, or before the answer to the question, does no harm.
 */
import { sectionOf as sectionOfTag } from '@nbpulse/schema/wire';
import type { Change, RecordView, Value, Verdict } from '@nbpulse/schema/wire';
import type { RecordsView } from '../api/labs.js';

export type Records = ReadonlyMap<string, RecordView>;

/** Instants are read once a record: a large class is sorted again with each flush. */
const instants = new WeakMap<RecordView, number>();
function madeAtMs(record: RecordView): number {
  let ms = instants.get(record);
  if (ms === undefined) instants.set(record, (ms = Date.parse(record.madeAt)));
  return ms;
}
const byTime = (a: RecordView, b: RecordView): number =>
  madeAtMs(a) - madeAtMs(b) ||
  (a.receivedAt < b.receivedAt ? -1 : a.receivedAt > b.receivedAt ? 1 : a.id < b.id ? -1 : 1);

export function withChanges(records: Records, question: string, changes: readonly Change[]): Records {
  let next: Map<string, RecordView> | null = null;
  for (const change of changes) {
    if (change.kind === 'participant' && change.participant.erasedAt !== null) {
      for (const record of (next ?? records).values()) {
        if (record.participant !== change.participant.id) continue;
        next ??= new Map(records);
        next.delete(record.id);
      }
      continue;
    }
    if (change.kind !== 'record' || change.record.question !== question) continue;
    next ??= new Map(records);
    next.set(change.record.id, change.record);
  }
  return next ?? records;
}

/** The newest revision at which all of a question's records were judged anew; 0 when these changes tell of none. */
export const judgedAfter = (changes: readonly Change[], question: string): number =>
  Math.max(
    0,
    ...changes.map((change) =>
      change.kind === 'question' && change.question.key === question ? change.question.judgedRev : 0,
    ),
  );

/** Latest or first of each participant, or all; oldest first. */
export function viewOf(records: Records, view: RecordsView): RecordView[] {
  const all = [...records.values()].filter((record) => !record.deleted && !record.hidden).sort(byTime);
  if (view === 'all') return all;
  const chosen = new Map<string, RecordView>();
  for (const record of all) {
    if (view === 'latest' || !chosen.has(record.participant)) chosen.set(record.participant, record);
  }
  return [...chosen.values()].sort(byTime);
}

export const sections = ['number', 'text', 'code', 'table', 'picture', 'rich', 'error', 'other'] as const;
export type Section = (typeof sections)[number];
export const sectionWords: Record<Section, string> = {
  number: 'Numbers',
  text: 'Text',
  code: 'Code',
  table: 'Tables and arrays',
  picture: 'Pictures',
  rich: 'Rich output',
  error: 'Errors',
  other: 'Values',
};

export interface Group {
  hash: string;
  section: Section;
  /** Equal records, oldest first. */
  records: RecordView[];
  /** Of the newest; null: nothing is expected. */
  verdict: Verdict | null;
}

/** The kind of answer, by the tag that is with every record, also where the value is not. */
export const sectionOf = (record: RecordView): Section =>
  sectionOfTag(
    record.tag as Value['t'] | null,
    record.error,
    record.value?.t === 'array' && record.value.shape.length === 0,
  );

/** Equal answers together; what is not right first, then the largest; among equal sizes who came first. */
export function groupsOf(records: readonly RecordView[]): Group[] {
  const groups = new Map<string, Group>();
  for (const record of records) {
    const section = sectionOf(record);
    const name = `${section} ${record.hash}`;
    const group = groups.get(name);
    if (group) {
      group.records.push(record);
      group.verdict = record.verdict;
    } else groups.set(name, { hash: record.hash, section, records: [record], verdict: record.verdict });
  }
  return [...groups.values()].sort(
    (a, b) => Number(a.verdict === 'right') - Number(b.verdict === 'right') || b.records.length - a.records.length,
  );
}

/** Groups in the order in which they stood; those that came since are at the end, those that emptied are gone. */
export function inOrder(groups: readonly Group[], order: readonly string[]): Group[] {
  const place = new Map(order.map((name, index) => [name, index]));
  const at = (group: Group): number => place.get(nameOf(group)) ?? Number.MAX_SAFE_INTEGER;
  return [...groups].sort((a, b) => at(a) - at(b));
}
export const nameOf = (group: Group): string => `${group.section} ${group.hash}`;
