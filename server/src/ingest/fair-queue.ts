/** First come, first served within a key; between keys one after the other, so that whoever brings much waits for their own. */
export class FairQueue<T> {
  /** In the order of their turns; none is empty. */
  readonly #items = new Map<string, T[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(key: string, item: T): void {
    this.#size++;
    const items = this.#items.get(key);
    if (items) items.push(item);
    else this.#items.set(key, [item]);
  }

  /** The next item; its key then waits for all others. */
  take(): T | undefined {
    for (const [key, items] of this.#items) {
      this.#size--;
      const item = items.shift();
      this.#items.delete(key);
      if (items.length > 0) this.#items.set(key, items);
      return item;
    }
    return undefined;
  }

  /** All that is left, in no order between keys. */
  takeAll(): T[] {
    const all = [...this.#items.values()].flat();
    this.#items.clear();
    this.#size = 0;
    return all;
  }
}
