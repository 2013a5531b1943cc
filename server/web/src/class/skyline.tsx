/** One bar per question: from below answered, error, working, as shares of the class. */
import { memo } from 'react';
import type { Tally } from '../live/lab-model.js';

export function tallyWords(tally: Tally): string {
  const parts = [
    tally.answered > 0 ? `${String(tally.answered)} answered` : '',
    tally.error > 0 ? `${String(tally.error)} error` : '',
    tally.working > 0 ? `${String(tally.working)} working` : '',
  ].filter(Boolean);
  return parts.length === 0 ? 'nothing yet' : parts.join(', ');
}

interface BarProps {
  answered: number;
  error: number;
  working: number;
  whole: number;
}
export const Bar = memo(function Bar({ answered, error, working, whole }: BarProps) {
  const part = (n: number): string => `${String((n / Math.max(1, whole)) * 100)}%`;
  return (
    <div className="bar" aria-hidden="true">
      {answered > 0 && <i className="b-a" style={{ height: part(answered) }} />}
      {error > 0 && <i className="b-e" style={{ height: part(error) }} />}
      {working > 0 && <i className="b-k" style={{ height: part(working) }} />}
    </div>
  );
});
