/**
 * Keeps the grouping of questions that somebody looks at, in memory, built from the database when it is asked for.
 *
 * A question is *cold* (nothing kept), *catching up* (its answers are read and compared, in slices, so that nobody else waits), or
 * *ready* as of a revision of the lab. New answers join what is there; when one went, was judged anew, or came in before others, all are
 * put together again from what is kept of each. More than `budgetMs` of work makes it *plain*: equal answers alone are together, until
 * `retryMs` later somebody asks again. Those asked for least lately are dropped past `mostAnswers`.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database } from '../database/index.js';
import type { Described, Grouping } from './build.js';
import { Clusters } from './clusters.js';
import { signatureOf, type Signature } from './signature.js';
import { countedAnswers, countedSince, examples, labRev, type Counted } from './stored.js';

export interface GrouperOptions {
  /** Of work at a stretch. */
  sliceMs?: number;
  /** Of work in all, before a question is left plain. */
  budgetMs?: number;
  retryMs?: number;
  /** Distinct answers kept, of all questions together. */
  mostAnswers?: number;
}
export interface Current extends Grouping {
  state: 'ready' | 'grouping' | 'plain';
  done: number;
  of: number;
}
interface Kept extends Described {
  signature: Signature;
}
interface Entry {
  labId: string;
  question: string;
  rev: number;
  counted: Counted[];
  kept: Map<string, Kept>;
  clusters: Clusters;
  /** What `clusters` holds, in its order. */
  joined: Counted[];
  plainAt: number | null;
  running: Promise<void> | null;
  next: Promise<void> | null;
}

const readAtOnce = 200;
/** Past this nobody reads the groups. */
const mostOfOneQuestion = 20_000;

export class Grouper {
  readonly #db: Database;
  readonly #options: Required<GrouperOptions>;
  /** The least lately asked for first. */
  readonly #entries = new Map<string, Entry>();

  constructor(db: Database, options: GrouperOptions = {}) {
    this.#db = db;
    this.#options = { sliceMs: 8, budgetMs: 2_000, retryMs: 30_000, mostAnswers: 60_000, ...options };
  }

  /** As of a moment after the call; after `waitMs` as far as it is, with state `grouping`. */
  async current(labId: string, question: string, waitMs: number): Promise<Current> {
    const entry = this.#entry(labId, question);
    // One that runs may have read before what the caller knows of was there.
    entry.next ??= (entry.running ?? Promise.resolve())
      .catch(() => undefined)
      .then(() => {
        entry.next = null;
        entry.running = this.#catchUp(entry).finally(() => {
          entry.running = null;
        });
        return entry.running;
      });
    const whole = entry.next;
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<'later'>((resolve) => {
      timer = setTimeout(() => resolve('later'), waitMs);
    });
    const came = await Promise.race([whole.then(() => 'whole' as const), patience]);
    clearTimeout(timer);
    // Whoever waits for it next hears what went wrong.
    if (came === 'later') whole.catch(() => undefined);
    this.#trim();
    const plain = entry.plainAt !== null;
    return {
      labId,
      question,
      counted: entry.counted,
      described: entry.kept,
      clusters: plain ? null : entry.clusters,
      state: came === 'later' ? 'grouping' : plain ? 'plain' : 'ready',
      done: plain ? entry.counted.length : Math.min(entry.joined.length, entry.counted.length),
      of: entry.counted.length,
    };
  }

  forgetLab(labId: string): void {
    for (const [name, entry] of this.#entries) if (entry.labId === labId) this.#entries.delete(name);
  }

  #entry(labId: string, question: string): Entry {
    const name = `${labId} ${question}`;
    const entry: Entry = this.#entries.get(name) ?? {
      labId,
      question,
      rev: -1,
      counted: [],
      kept: new Map(),
      clusters: new Clusters(),
      joined: [],
      plainAt: null,
      running: null,
      next: null,
    };
    this.#entries.delete(name);
    this.#entries.set(name, entry);
    return entry;
  }

  #trim(): void {
    let all = 0;
    for (const { kept } of this.#entries.values()) all += kept.size;
    for (const [name, { kept }] of this.#entries) {
      if (all <= this.#options.mostAnswers || this.#entries.size === 1) return;
      all -= kept.size;
      this.#entries.delete(name);
    }
  }

  async #catchUp(entry: Entry): Promise<void> {
    const rev = await labRev(this.#db, entry.labId);
    const rests = entry.plainAt === null || performance.now() - entry.plainAt < this.#options.retryMs;
    if (rev === entry.rev && rests) return;
    // Counted after the revision was read: what commits in between is seen now and counted again next time.
    const { labId, question } = entry;
    const counted =
      entry.rev < 0
        ? await countedAnswers(this.#db, labId, question)
        : await countedSince(this.#db, labId, question, entry.rev, entry.counted);
    await nextTurn();
    const turn = new Slices(this.#options.sliceMs);
    entry.counted = counted;
    // Of a plain one nothing but the hashes was read.
    if (!rests) entry.kept.clear();
    const there = new Set(counted.map(({ hash }) => hash));
    for (const hash of entry.kept.keys()) if (!there.has(hash)) entry.kept.delete(hash);
    if (!continues(entry.joined, counted)) {
      entry.clusters = new Clusters();
      entry.joined = [];
    }
    let plain = counted.length > mostOfOneQuestion || (entry.plainAt !== null && rests);
    for (let from = entry.joined.length; from < counted.length; from += readAtOnce) {
      const some = counted.slice(from, from + readAtOnce);
      await this.#describe(entry, some, turn, () => plain);
      for (const one of some) {
        const its = entry.kept.get(one.hash);
        // Deleted since it was counted.
        if (!its) continue;
        if (!plain) {
          await turn.take();
          entry.clusters.add(one.hash, its.signature, one.verdict);
          plain = turn.busyMs() > this.#options.budgetMs;
        }
        entry.joined.push(one);
      }
    }
    if (plain) {
      entry.plainAt = rests && entry.plainAt !== null ? entry.plainAt : performance.now();
      // Not whole: put together anew when it is tried again.
      entry.clusters = new Clusters();
      entry.joined = [];
    } else entry.plainAt = null;
    entry.counted = counted.filter(({ hash }) => entry.kept.has(hash));
    entry.rev = rev ?? -1;
  }

  async #describe(entry: Entry, some: Counted[], turn: Slices, plain: () => boolean): Promise<void> {
    const unknown = new Map(some.filter(({ hash }) => !entry.kept.has(hash)).map((one) => [one.example, one]));
    if (unknown.size === 0) return;
    turn.pause();
    const rows = await examples(this.#db, [...unknown.keys()]);
    // Reading what the database sent was a turn's work already.
    await nextTurn();
    turn.goOn();
    for (const { id, summary, tag, body } of rows) {
      const one = unknown.get(id);
      if (!one) continue;
      await turn.take();
      const signature = signatureOf({ hash: one.hash, tag, error: one.error, body: plain() ? null : body });
      entry.kept.set(one.hash, { section: signature.section, form: signature.form, label: summary, signature });
    }
  }
}

/** Lets others have their turn; counts the work in between. */
class Slices {
  readonly #sliceMs: number;
  #since = performance.now();
  #before = 0;

  constructor(sliceMs: number) {
    this.#sliceMs = sliceMs;
  }

  async take(): Promise<void> {
    if (performance.now() - this.#since < this.#sliceMs) return;
    this.pause();
    await nextTurn();
    this.goOn();
  }

  /** Waiting is no work. */
  pause(): void {
    this.#before += performance.now() - this.#since;
  }

  goOn(): void {
    this.#since = performance.now();
  }

  busyMs(): number {
    return this.#before + performance.now() - this.#since;
  }
}

/** True when what is joined is how `counted` begins, judged as it was. */
const continues = (joined: readonly Counted[], counted: readonly Counted[]): boolean =>
  joined.every((one, at) => counted[at]?.hash === one.hash && counted[at].verdict === one.verdict);
