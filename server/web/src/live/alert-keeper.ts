/**
 * Which alerts are shown: at most one per rule, the same one as long as it stays true. One that was dismissed stays away until what it
 * says has ended and come anew; kept per lab in this browser.
 */
import type { Alert, AlertRule } from './alerts.js';
import type { InsightKeeper } from './insight.js';

/** What is shown next, and which dismissals still hold. Pure. */
export function shownAlerts(
  candidates: readonly Alert[],
  before: readonly Alert[],
  dismissed: ReadonlySet<string>,
): { shown: Alert[]; dismissed: ReadonlySet<string> } {
  const keys = new Set(candidates.map((one) => one.key));
  const still = new Set([...dismissed].filter((key) => keys.has(key)));
  const rules: AlertRule[] = ['sameError', 'behind', 'silence'];
  const shown = rules.flatMap((rule) => {
    const open = candidates.filter((one) => one.rule === rule && !still.has(one.key));
    const same = before.find((one) => one.rule === rule);
    return open.find((one) => one.key === same?.key) ?? open[0] ?? [];
  });
  return { shown, dismissed: still };
}

const keptKey = (lab: string): string => `nbpulse-alerts-dismissed-${lab}`;
function kept(lab: string): ReadonlySet<string> {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(keptKey(lab)) ?? '[]');
    return new Set(Array.isArray(list) ? list.filter((one) => typeof one === 'string') : []);
  } catch {
    return new Set();
  }
}

export class AlertKeeper {
  current: readonly Alert[] = [];
  readonly #lab: string;
  readonly #insight: InsightKeeper;
  readonly #listeners = new Set<() => void>();
  #dismissed: ReadonlySet<string>;

  constructor(lab: string, insight: InsightKeeper) {
    this.#lab = lab;
    this.#insight = insight;
    this.#dismissed = kept(lab);
  }
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  start(): () => void {
    const end = this.#insight.subscribe(() => this.#follow());
    this.#follow();
    return end;
  }
  dismiss(key: string): void {
    this.#keep(new Set([...this.#dismissed, key]));
    this.#follow();
  }

  #follow(): void {
    const { alerts, at } = this.#insight.current;
    if (at === 0) return;
    const { shown, dismissed } = shownAlerts(alerts, this.current, this.#dismissed);
    if (dismissed.size !== this.#dismissed.size) this.#keep(dismissed);
    if (shown.length === 0 && this.current.length === 0) return;
    this.current = shown;
    for (const listener of this.#listeners) listener();
  }
  #keep(dismissed: ReadonlySet<string>): void {
    this.#dismissed = dismissed;
    try {
      localStorage.setItem(keptKey(this.#lab), JSON.stringify([...dismissed]));
    } catch {
      // It holds until the page is closed.
    }
  }
}
