/**
 * How often one thing (a device, a join code) may do something: a bucket that refills steadily and allows a burst.
 * Never keyed by address: a whole class sits behind one.
 */
export interface BucketSize {
  perSecond: number;
  burst: number;
}

/** A full bucket carries no information; above this many keys the full ones are dropped. */
const sweepAbove = 10_000;

export class TokenBuckets {
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor(
    readonly size: BucketSize,
    readonly now: () => number = () => Date.now(),
  ) {}

  /** Takes `cost` from the bucket of `key`. @returns 0 when that was possible, else after how many milliseconds it will be. */
  take(key: string, cost = 1): number {
    const now = this.now();
    const { perSecond, burst } = this.size;
    const bucket = this.#buckets.get(key) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, bucket.tokens + (Math.max(0, now - bucket.at) / 1000) * perSecond);
    const enough = tokens >= Math.min(cost, burst);
    this.#buckets.set(key, { tokens: enough ? Math.max(0, tokens - cost) : tokens, at: now });
    if (this.#buckets.size > sweepAbove) this.#sweep(now);
    return enough ? 0 : Math.ceil(((Math.min(cost, burst) - tokens) / perSecond) * 1000);
  }

  #sweep(now: number): void {
    const fullAfterMs = (this.size.burst / this.size.perSecond) * 1000;
    for (const [key, bucket] of this.#buckets) if (now - bucket.at > fullAfterMs) this.#buckets.delete(key);
  }
}
