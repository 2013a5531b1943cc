/** What a screen reader is told: at most one sentence in ten seconds, summing up. The grid itself is silent. */
import type { LabSession } from './lab-session.js';

const pauseMs = 10_000;

export function announcementsOf(session: LabSession, say: (words: string) => void): () => void {
  let answered = new Map<string, Set<string>>();
  let errors = 0;
  let joined: string[] = [];
  let saidAt = 0;
  let timer: ReturnType<typeof setTimeout> | null = null;
  const speak = (): void => {
    timer = null;
    saidAt = Date.now();
    const parts: string[] = [];
    if (joined.length > 3) parts.push(`${String(joined.length)} joined`);
    else if (joined.length > 0) parts.push(`${joined.join(', ')} joined`);
    const largest = [...answered].sort((a, b) => b[1].size - a[1].size).slice(0, 2);
    for (const [question, who] of largest) parts.push(`${String(who.size)} more sent ${question}`);
    if (errors > 0) parts.push(`${String(errors)} ${errors === 1 ? 'error' : 'errors'}`);
    answered = new Map();
    errors = 0;
    joined = [];
    if (parts.length > 0) say(parts.join('; '));
  };
  const unfollow = session.store.follow((_changes, touched) => {
    if (!touched) return;
    for (const id of touched.joined) {
      const name = session.store.model?.rows.get(id)?.participant.name;
      if (name !== undefined) joined.push(name);
    }
    for (const { participant, question, error } of touched.cells) {
      if (error) errors += 1;
      else answered.set(question, (answered.get(question) ?? new Set<string>()).add(participant));
    }
    if (touched.cells.length + touched.joined.length === 0 || timer !== null) return;
    timer = setTimeout(speak, Math.max(1_000, saidAt + pauseMs - Date.now()));
  });
  return () => {
    unfollow();
    if (timer !== null) clearTimeout(timer);
  };
}
