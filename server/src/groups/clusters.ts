/**
 * Answers of one question as they group by themselves.
 *
 * Answers with equal forms are a *class*. A class joins the group of the nearest *leader* – the first class of a group –, or leads a
 * new group. Nearness is asked of leaders only, so a chain of small steps never makes one group of answers that are far apart. The
 * price: which class leads depends on who sent first. Classes come in the order of their first arrival, so the same records always
 * give the same groups, whether they came one by one or all at once.
 */
import type { AnswerSection, Verdict } from '@nbpulse/schema/wire';
import { numbersNear } from './number-form.js';
import { alike, likeness, prefixOf } from './shingles.js';
import { judgedApart, type Signature } from './signature.js';
import { isOneSlip, slipsOf } from './text-form.js';

export interface Cluster {
  section: AnswerSection;
  /** Form of the class that leads it. */
  leader: string;
  hashes: string[];
}
interface Leader {
  cluster: Cluster;
  signature: Signature;
  verdict: Verdict | null;
}

export class Clusters {
  readonly all: Cluster[] = [];
  readonly #ofForm = new Map<string, Cluster>();
  readonly #ofHash = new Map<string, { cluster: Cluster; form: string }>();
  /** Sorted by their number. */
  readonly #numbers: (Leader & { n: number })[] = [];
  readonly #texts = new Map<string, Leader[]>();
  readonly #code = new Map<number, Leader[]>();

  /** An answer that is there already stays where it is. */
  add(hash: string, signature: Signature, verdict: Verdict | null): void {
    if (this.#ofHash.has(hash)) return;
    let cluster = this.#ofForm.get(signature.form);
    if (!cluster) {
      cluster = this.#nearest(signature, verdict);
      if (!cluster) {
        cluster = { section: signature.section, leader: signature.form, hashes: [] };
        this.all.push(cluster);
        this.#lead({ cluster, signature, verdict });
      }
      this.#ofForm.set(signature.form, cluster);
    }
    cluster.hashes.push(hash);
    this.#ofHash.set(hash, { cluster, form: signature.form });
  }

  of(hash: string): { cluster: Cluster; form: string } | undefined {
    return this.#ofHash.get(hash);
  }

  #nearest({ near }: Signature, verdict: Verdict | null): Cluster | undefined {
    if (near === null) return undefined;
    switch (near.kind) {
      case 'number': {
        const at = this.#placeOf(near.n);
        const around = [this.#numbers[at - 1], this.#numbers[at]].filter(
          (one) => one !== undefined && numbersNear(one.n, near.n) && !judgedApart(one.verdict, verdict),
        );
        return around.sort((a, b) => Math.abs((a?.n ?? 0) - near.n) - Math.abs((b?.n ?? 0) - near.n))[0]?.cluster;
      }
      case 'text':
        for (const slip of slipsOf(near.form)) {
          for (const { cluster, signature, verdict: its } of this.#texts.get(slip) ?? []) {
            if (signature.near?.kind !== 'text' || judgedApart(its, verdict)) continue;
            if (isOneSlip(near.form, signature.near.form)) return cluster;
          }
        }
        return undefined;
      case 'code': {
        const seen = new Set<Leader>();
        let best: { cluster: Cluster; share: number } | null = null;
        for (const shingle of prefixOf(near.shingles)) {
          for (const leader of this.#code.get(shingle) ?? []) {
            if (seen.has(leader)) continue;
            seen.add(leader);
            if (leader.signature.near?.kind !== 'code' || judgedApart(leader.verdict, verdict)) continue;
            const share = likeness(near.shingles, leader.signature.near.shingles);
            if (share >= alike && share > (best?.share ?? 0)) best = { cluster: leader.cluster, share };
          }
        }
        return best?.cluster;
      }
      default:
        return near satisfies never;
    }
  }

  #lead(leader: Leader): void {
    const { near } = leader.signature;
    if (near === null) return;
    switch (near.kind) {
      case 'number':
        this.#numbers.splice(this.#placeOf(near.n), 0, { ...leader, n: near.n });
        return;
      case 'text':
        for (const slip of new Set(slipsOf(near.form))) put(this.#texts, slip, leader);
        return;
      case 'code':
        for (const shingle of prefixOf(near.shingles)) put(this.#code, shingle, leader);
        return;
      default:
        near satisfies never;
    }
  }

  /** Of the first that is not smaller. */
  #placeOf(n: number): number {
    let [low, high] = [0, this.#numbers.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#numbers[middle]?.n ?? 0) < n) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function put<K>(index: Map<K, Leader[]>, key: K, leader: Leader): void {
  const there = index.get(key);
  if (there) there.push(leader);
  else index.set(key, [leader]);
}
