/**
 * The records of one question on this page: what the server had when it was asked, and every change since. A record replaces
 * the one with its id, so a change that arrives twice, or before the answer to the question, does no harm.
 */
import type { Change, RecordView } from '@nbpulse/schema/wire';
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
    if (change.kind !== 'record' || change.record.question !== question) continue;
    next ??= new Map(records);
    next.set(change.record.id, change.record);
  }
  return next ?? records;
}

/** Latest or first of each participant, or all; oldest first. */
export function viewOf(records: Records, view: RecordsView): RecordView[] {
  const all = [...records.values()].filter((record) => !record.deleted).sort(byTime);
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
}

/** The kind of answer. A long value is not with the record; its summary and its error mark tell enough to place it. */
export function sectionOf(record: RecordView): Section {
  if (record.error) return 'error';
  switch (record.value?.t) {
    case undefined:
      return sectionFromSummary(record.summary);
    case 'int':
    case 'float':
    case 'complex':
    case 'bool':
      return 'number';
    case 'str':
      return 'text';
    case 'code':
      return 'code';
    case 'array':
      return record.value.shape.length === 0 ? 'number' : 'table';
    case 'frame':
      return 'table';
    case 'image':
      return 'picture';
    case 'rich':
      return 'rich';
    case 'error':
      return 'error';
    default:
      return 'other';
  }
}
function sectionFromSummary(summary: string): Section {
  if (/^(async def|def|class|lambda|@)\b/.test(summary)) return 'code';
  if (/^(array \d|Series of \d|\d+ rows × \d+ columns)/.test(summary)) return 'table';
  if (summary.startsWith('Figure')) return 'picture';
  return 'other';
}

/** Equal answers together, largest group first; among equal sizes who came first. */
export function groupsOf(records: readonly RecordView[]): Group[] {
  const groups = new Map<string, Group>();
  for (const record of records) {
    const section = sectionOf(record);
    const name = `${section} ${record.hash}`;
    const group = groups.get(name);
    if (group) group.records.push(record);
    else groups.set(name, { hash: record.hash, section, records: [record] });
  }
  return [...groups.values()].sort((a, b) => b.records.length - a.records.length);
}

/** Groups in the order in which they stood; those that came since are at the end, those that emptied are gone. */
export function inOrder(groups: readonly Group[], order: readonly string[]): Group[] {
  const place = new Map(order.map((name, index) => [name, index]));
  const at = (group: Group): number => place.get(nameOf(group)) ?? Number.MAX_SAFE_INTEGER;
  return [...groups].sort((a, b) => at(a) - at(b));
}
export const nameOf = (group: Group): string => `${group.section} ${group.hash}`;
