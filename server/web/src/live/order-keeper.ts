/** Holds the rows' order still while data moves, and sorts again when asked or when nobody has touched the page for a while. */
import type { InsightKeeper } from './insight.js';
import type { LabModel } from './lab-model.js';
import type { LabSession } from './lab-session.js';
import type { NameKeeper } from './names.js';
import { kept, movesBetween, sorted, type Sorting } from './row-order.js';

const restMs = 10_000;

interface OrderView {
  order: readonly string[];
  /** Rows that would be elsewhere if sorted now. */
  moves: number;
  /** How many of the first rows stand above the rule because they need help. */
  above: number;
}

export class OrderKeeper {
  view: OrderView = { order: [], moves: 0, above: 0 };
  sorting: Sorting;
  readonly #session: LabSession;
  readonly #insight: InsightKeeper;
  readonly #names: NameKeeper;
  readonly #listeners = new Set<() => void>();
  #touchedAt = Date.now();
  #members: readonly string[] = [];
  /** 0 until the first sort that knew who needs help. */
  #sortedAt = 0;

  constructor(session: LabSession, insight: InsightKeeper, names: NameKeeper, sorting: Sorting) {
    this.#session = session;
    this.#insight = insight;
    this.#names = names;
    this.sorting = sorting;
  }
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  start(): () => void {
    const touched = (): void => {
      this.#touchedAt = Date.now();
    };
    const inputs = ['pointermove', 'pointerdown', 'keydown', 'wheel', 'touchmove'] as const;
    for (const name of inputs) addEventListener(name, touched, { passive: true });
    const ends = [
      this.#session.store.subscribe(() => this.#follow()),
      this.#insight.subscribe(() => this.#compare()),
      this.#names.subscribe(() => this.#renamed()),
    ];
    this.#follow();
    this.#compare();
    return () => {
      for (const name of inputs) removeEventListener(name, touched);
      for (const end of ends) end();
    };
  }

  sortBy(sorting: Sorting): void {
    this.sorting = sorting;
    this.resort();
  }
  resort(): void {
    const { model } = this.#session.store;
    if (!model) return;
    const { needs } = this.#insight.current;
    this.#set({
      order: this.#better(model),
      moves: 0,
      above: this.sorting === 'help' ? needs.length : 0,
    });
  }

  #better(model: LabModel): string[] {
    return sorted(model, this.sorting, this.#insight.current.needs, this.#names.view.nameOf);
  }

  /** Those who came and went, at once. */
  #follow(): void {
    const { model } = this.#session.store;
    if (!model || model.members === this.#members) return;
    this.#members = model.members;
    if (this.view.order.length === 0) this.resort();
    else this.#set({ ...this.view, order: kept(this.view.order, model.members) });
  }
  /** By pseudonym everybody stands elsewhere than by name: the order of names would tell who is who. */
  #renamed(): void {
    const { anonymous } = this.#names.view;
    if (anonymous !== this.#anonymous && this.view.order.length > 0) this.resort();
    this.#anonymous = anonymous;
  }
  #anonymous = false;
  #compare(): void {
    const { model } = this.#session.store;
    if (!model || this.#insight.current.at === 0) return;
    const now = Date.now();
    if (this.#sortedAt === 0 || now - Math.max(this.#touchedAt, this.#sortedAt) >= restMs) {
      this.#sortedAt = now;
      const better = this.#better(model);
      if (movesBetween(this.view.order, better) > 0 || better.length !== this.view.order.length) this.resort();
      return;
    }
    const moves = movesBetween(this.view.order, this.#better(model));
    if (moves !== this.view.moves) this.#set({ ...this.view, moves });
  }
  #set(view: OrderView): void {
    this.view = view;
    for (const listener of this.#listeners) listener();
  }
}
