/** What a screen reader is told: at most one sentence in ten seconds, summing up. The grid itself is silent. */
import type { AlertKeeper } from './alert-keeper.js';
import type { LabSession } from './lab-session.js';
import type { NameKeeper } from './names.js';

const pauseMs = 10_000;

export function announcementsOf(
  session: LabSession,
  names: NameKeeper,
  alerts: AlertKeeper,
  say: (words: string) => void,
): () => void {
  let answered = new Map<string, Set<string>>();
  let errors = 0;
  let joined: string[] = [];
  let raised: string[] = [];
  let alerted = new Set(alerts.current.map((one) => one.key));
  let saidAt = 0;
  let timer: ReturnType<typeof setTimeout> | null = null;
  const speak = (): void => {
    timer = null;
    saidAt = Date.now();
    const parts: string[] = raised;
    raised = [];
    if (joined.length > 3) parts.push(`${String(joined.length)} joined`);
    else if (joined.length > 0) parts.push(`${joined.map((id) => names.view.nameOf(id)).join(', ')} joined`);
    const largest = [...answered].sort((a, b) => b[1].size - a[1].size).slice(0, 2);
    for (const [question, who] of largest) parts.push(`${String(who.size)} more sent ${question}`);
    if (errors > 0) parts.push(`${String(errors)} ${errors === 1 ? 'error' : 'errors'}`);
    answered = new Map();
    errors = 0;
    joined = [];
    if (parts.length > 0) say(parts.join('; '));
  };
  const soon = (): void => {
    timer = setTimeout(speak, Math.max(1_000, saidAt + pauseMs - Date.now()));
  };
  const unfollow = session.store.follow((_changes, touched) => {
    if (!touched) return;
    joined.push(...touched.joined);
    for (const { participant, question, error } of touched.cells) {
      if (error) errors += 1;
      else answered.set(question, (answered.get(question) ?? new Set<string>()).add(participant));
    }
    if (touched.cells.length + touched.joined.length === 0 || timer !== null) return;
    soon();
  });
  // Each alert once, when it comes.
  const unwatch = alerts.subscribe(() => {
    const fresh = alerts.current.filter((one) => !alerted.has(one.key));
    alerted = new Set(alerts.current.map((one) => one.key));
    if (fresh.length === 0) return;
    raised.push(...fresh.map((one) => `Alert: ${one.strong}`));
    if (timer === null) soon();
  });
  return () => {
    unfollow();
    unwatch();
    if (timer !== null) clearTimeout(timer);
  };
}
