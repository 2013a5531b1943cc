/** One line at the bottom of a terminal that says how far it is. Nothing where nobody looks. */
import type { Terminal } from '../terminal.js';
import { onScreen } from './table.js';

const barWidth = 24;
const toLineStart = '\r\u001B[K';

export interface Progress {
  show(words: string, done: number, total: number): void;
  clear(): void;
}

export function progressOn(terminal: Terminal): Progress {
  const columns = terminal.errColumns;
  if (columns === undefined) return { show: () => undefined, clear: () => undefined };
  return {
    show: (words, done, total) => {
      const filled = Math.round((barWidth * done) / Math.max(1, total));
      const bar = `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`;
      const line = `${bar} ${String(done)} of ${String(total)}  ${onScreen(words)}`;
      terminal.err(`${toLineStart}${[...line].slice(0, columns - 1).join('')}`);
    },
    clear: () => terminal.err(toLineStart),
  };
}
