import type { Comparison, ComparisonWanted } from './difference-worker.js';

/** Two hostile notebooks may have no end; nobody waits longer for them. */
const mostMs = 20_000;

/** Compares two notebooks in a worker of its own. Null: it took too long, or this browser starts no worker. */
export function compareNotebooks(wanted: ComparisonWanted, signal: AbortSignal): Promise<Comparison | null> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL('./difference-worker.ts', import.meta.url), { type: 'module' });
    const end = (answer: Comparison | null): void => {
      clearTimeout(timer);
      worker.terminate();
      resolve(answer);
    };
    const timer = setTimeout(() => end(null), mostMs);
    signal.addEventListener('abort', () => end(null));
    worker.onmessage = (message: MessageEvent<Comparison>) => end(message.data);
    worker.onerror = () => end(null);
    worker.postMessage(wanted);
  });
}
