/** The records in view, put into the groups that the server made of all of the question's answers. */
import type { AnswerGroup, QuestionGroups, RecordView, Verdict } from '@nbpulse/schema/wire';
import { nameOf, sectionOf, type Group } from '../question/question-feed.js';

/** Equal answers of a group. */
export interface Variant {
  hash: string;
  records: RecordView[];
}
export interface GroupedAnswers extends Group {
  /** Null: the server has not grouped this answer, or could not be asked. */
  answer: AnswerGroup | null;
  /** The commonest in view first. */
  variants: Variant[];
  /** Not all of it was judged alike. */
  mixed: boolean;
}

/** False for groups that a page made by itself, before the server told its own. */
export const isGrouped = (group: Group): group is GroupedAnswers => 'variants' in group;

/**
 * A group's `hash` is the id that the server gave it, which stays while answers join. Records of answers that the server has not been
 * asked about yet (`waits`) are left out: a moment later they are in their group. A group of `before` in which nothing changed stays the
 * same object: of a large class most do with each redraw, and need not be drawn again.
 */
export function groupedOf(
  records: readonly RecordView[],
  given: QuestionGroups | null,
  waits: (hash: string) => boolean,
  before: readonly GroupedAnswers[] = [],
): GroupedAnswers[] {
  const known = answersByHash(given);
  const groups = new Map<string, GroupedAnswers>();
  for (const record of records) {
    const section = sectionOf(record);
    const answer = known.get(record.hash) ?? null;
    if (answer === null && waits(record.hash)) continue;
    const hash = answer?.id ?? record.hash;
    const name = `${section} ${hash}`;
    let group = groups.get(name);
    if (!group) {
      group = { hash, section, records: [], verdict: null, answer, variants: [], mixed: false };
      groups.set(name, group);
    }
    group.records.push(record);
  }
  for (const group of before) {
    const name = nameOf(group);
    const now = groups.get(name);
    if (now && isUnchanged(group, now)) groups.set(name, group);
  }
  for (const group of groups.values()) if (group.variants.length === 0) describe(group);
  return [...groups.values()].sort(
    (a, b) => Number(a.verdict === 'right') - Number(b.verdict === 'right') || b.records.length - a.records.length,
  );
}

/** Groups of the same page, one after another, for `groupedOf`. */
export function keepingGroups(): (
  records: readonly RecordView[],
  given: QuestionGroups | null,
  waits: (hash: string) => boolean,
) => GroupedAnswers[] {
  let before: GroupedAnswers[] = [];
  return (records, given, waits) => (before = groupedOf(records, given, waits, before));
}

/** All that a group shows follows from these. */
const isUnchanged = (a: GroupedAnswers, b: GroupedAnswers): boolean =>
  a.answer === b.answer &&
  a.records.length === b.records.length &&
  a.records.every((record, index) => record === b.records[index]);

/** A new answer of the server in which the groups that it tells as before are the same objects as before. */
export function withKept(given: QuestionGroups, before: QuestionGroups | null): QuestionGroups {
  const known = new Map(before?.groups.map((group) => [group.id, group]));
  const groups = given.groups.map((group) => {
    const old = known.get(group.id);
    return old && JSON.stringify(old) === JSON.stringify(group) ? old : group;
  });
  return { ...given, groups };
}

export function answersByHash(given: QuestionGroups | null): ReadonlyMap<string, AnswerGroup> {
  const known = new Map<string, AnswerGroup>();
  for (const group of given?.groups ?? []) for (const hash of group.hashes) known.set(hash, group);
  return known;
}

function describe(group: GroupedAnswers): void {
  const variants = new Map<string, Variant>();
  const verdicts = new Map<Verdict | null, number>();
  for (const record of group.records) {
    const variant = variants.get(record.hash);
    if (variant) variant.records.push(record);
    else variants.set(record.hash, { hash: record.hash, records: [record] });
    verdicts.set(record.verdict, (verdicts.get(record.verdict) ?? 0) + 1);
  }
  group.variants = [...variants.values()].sort((a, b) => b.records.length - a.records.length);
  // Among equals what is not right counts: it is the one to look at.
  const most = [...verdicts].sort((a, b) => b[1] - a[1] || Number(a[0] === 'right') - Number(b[0] === 'right'));
  group.verdict = most[0]?.[0] ?? null;
  group.mixed = verdicts.size > 1;
}

/** `3 right, 1 wrong` of a group that was not judged alike. */
export function verdictWords(group: GroupedAnswers): string {
  const counts = new Map<string, number>();
  for (const { verdict } of group.records) {
    const words = verdict ?? 'not judged';
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  return [...counts].map(([words, n]) => `${String(n)} ${words}`).join(', ');
}
