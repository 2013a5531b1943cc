/** The groups of a question: as its answers group by themselves, over that what staff made by hand, and the names that are known. */
import { createHash } from 'node:crypto';
import type { AnswerGroup, AnswerSection } from '@nbpulse/schema/wire';
import type { Clusters } from './clusters.js';
import { mistakeView, type Counted, type MistakeRow, type StoredGroup } from './stored.js';

/** What is known of an answer before it is compared with others. */
export interface Described {
  section: AnswerSection;
  /** `text:9f…`, or `text:=` and the answer's hash where it has no form but itself. */
  form: string;
  label: string;
}
export interface Grouping {
  labId: string;
  question: string;
  counted: readonly Counted[];
  described: ReadonlyMap<string, Described>;
  /** Null: only equal answers are together. */
  clusters: Clusters | null;
}
export interface BuiltGroup extends AnswerGroup {
  records: number;
}

/** Largest first. Answers that are not described yet are in none. */
export function buildGroups(
  grouping: Grouping,
  stored: readonly StoredGroup[],
  mistakes: readonly MistakeRow[],
): BuiltGroup[] {
  const { counted, described } = grouping;
  const place = placer(grouping, stored);
  const members = new Map<string, Counted[]>();
  for (const one of counted) {
    if (!described.has(one.hash)) continue;
    const id = place(one.hash);
    const there = members.get(id);
    if (there) there.push(one);
    else members.set(id, [one]);
  }
  const storedOf = new Map(stored.map((one) => [one.id, one]));
  const known = finder(mistakes);
  const clustersIn = new Map<string, number>();
  const groupsOf = new Map<unknown, Set<string>>();
  if (grouping.clusters) {
    for (const [id, answers] of members) {
      const its = new Set(answers.map(({ hash }) => grouping.clusters?.of(hash)?.cluster));
      clustersIn.set(id, its.size);
      for (const cluster of its) groupsOf.set(cluster, (groupsOf.get(cluster) ?? new Set()).add(id));
    }
  }
  const groups = [...members].map(([id, answers]): BuiltGroup => {
    // Equally common ones in the order in which they came.
    answers.sort((a, b) => b.records - a.records || a.firstAt - b.firstAt);
    const hashes = answers.map(({ hash }) => hash);
    const first = described.get(hashes[0] ?? '');
    if (!first) throw new Error('a group has an answer that is described');
    const hand = storedOf.get(id);
    const mistake = known(
      hand,
      hashes.flatMap((hash) => [`hash:${hash}`, described.get(hash)?.form ?? '']),
    );
    const whole = grouping.clusters?.of(hashes[0] ?? '')?.cluster;
    const byHand = hand !== undefined && ((clustersIn.get(id) ?? 1) > 1 || (groupsOf.get(whole)?.size ?? 1) > 1);
    return {
      id,
      section: first.section,
      label: first.label,
      name: hand?.name ?? mistake?.name ?? null,
      hint: hand?.name == null ? (mistake?.hint ?? null) : hand.hint,
      known: mistake ? mistakeView(mistake) : null,
      how: byHand ? 'by-hand' : hashes.length > 1 ? 'near' : 'equal',
      hashes,
      records: answers.reduce((sum, one) => sum + one.records, 0),
    };
  });
  return groups.sort((a, b) => b.records - a.records);
}

/** Keys by which a group's answers are known again in another lab: of answers and of their forms, never an answer. */
export const answerKeys = (hashes: readonly string[], described: ReadonlyMap<string, Described>): string[] => {
  const keys = new Set<string>();
  for (const hash of hashes) {
    keys.add(`hash:${hash}`);
    const form = described.get(hash)?.form;
    if (form !== undefined && !form.includes(':=')) keys.add(form);
  }
  return [...keys];
};

/**
 * Which group an answer is in. What staff placed is where they placed it. Any other goes where most answers of its form were placed,
 * else where most of its cluster were, else with its cluster.
 */
function placer(
  { labId, question, clusters, described }: Grouping,
  stored: readonly StoredGroup[],
): (hash: string) => string {
  const placed = new Map<string, string>();
  const votes = new Map<string, Map<string, number>>();
  const leaderOf = (hash: string): string =>
    clusters?.of(hash)?.cluster.leader ?? `${described.get(hash)?.section ?? 'other'}:=${hash}`;
  const vote = (about: string, id: string): void => {
    const its = votes.get(about) ?? new Map<string, number>();
    votes.set(about, its.set(id, (its.get(id) ?? 0) + 1));
  };
  for (const { id, hashes } of stored) {
    for (const hash of hashes) {
      placed.set(hash, id);
      const form = clusters?.of(hash)?.form;
      if (form === undefined) continue;
      vote(`form ${form}`, id);
      vote(`cluster ${leaderOf(hash)}`, id);
    }
  }
  // Among equals the oldest: a map keeps the order in which the stored ones, oldest first, were counted.
  const most = (about: string): string | undefined => [...(votes.get(about) ?? [])].sort((a, b) => b[1] - a[1])[0]?.[0];
  return (hash) => {
    const leader = leaderOf(hash);
    return (
      placed.get(hash) ??
      most(`form ${clusters?.of(hash)?.form ?? ''}`) ??
      most(`cluster ${leader}`) ??
      groupId(labId, question, leader)
    );
  };
}

/** The same for the same leader in the same question, so that a group keeps its id while answers join, and when it is named. */
function groupId(labId: string, question: string, leader: string): string {
  const hex = createHash('sha256')
    .update(JSON.stringify([labId, question, leader]))
    .digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function finder(mistakes: readonly MistakeRow[]) {
  const ofId = new Map(mistakes.map((row) => [row.id, row]));
  const ofKey = new Map<string, MistakeRow>();
  for (const row of mistakes) for (const key of row.answerKeys) if (!ofKey.has(key)) ofKey.set(key, row);
  return (hand: StoredGroup | undefined, keys: readonly string[]): MistakeRow | undefined => {
    if (hand?.knownMistakeId != null) return ofId.get(hand.knownMistakeId);
    // A name of this lab's own stands before one from elsewhere.
    if (hand?.name != null) return undefined;
    for (const key of keys) {
      const row = ofKey.get(key);
      if (row) return row;
    }
    return undefined;
  };
}
