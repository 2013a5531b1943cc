/** Words and figures as the panel writes them. */
import type { FeedbackTest, QuestionStatus } from '@nbpulse/schema/wire';
import { longDate } from '../clock.js';

/** `8.5`, `10`, `0.33`: at most two decimals, none that says nothing. */
export const points = (n: number): string => String(Math.round(n * 100) / 100);

export const plural = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

/** Until when what is stored stays. */
export const eraseWords = (eraseAt: string | null, retentionMonths: number): string =>
  eraseAt === null
    ? `Erased ${plural(retentionMonths, 'month')} after the lab closes.`
    : `Erased on ${longDate(eraseAt)}.`;

/** What the student reads: wrong is "not yet". */
export const questionWords: Record<QuestionStatus, string> = {
  'not-started': '',
  working: 'working',
  reached: 'reached',
  answered: 'in',
  right: 'right',
  wrong: 'not yet',
  error: 'error',
};

export const testWords: Record<FeedbackTest['status'], string> = {
  passed: 'passed',
  failed: 'failed',
  error: 'stopped with an error',
  'timed-out': 'took too long',
  skipped: 'skipped',
  'not-run': 'not run',
};

/** `9c1e 40b7 …`: enough of a hash to compare by eye. */
export const shortHash = (sha256: string): string => `${sha256.slice(0, 4)} ${sha256.slice(4, 8)} …`;

/** `0.6 s`, `12 s`, `2 min`. */
export function lasted(ms: number): string {
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  return ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}
