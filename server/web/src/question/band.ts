import { useMemo } from 'react';
import { useLab } from '../class/lab-context.js';
import type { ExpectedDraft } from '../expected/expected-draft.js';
import type { Band } from './numbers/plot-band.js';
import { numberIn } from './numbers/plotted.js';

/** The expected number and its tolerance, as drafted or set, as the plot draws them; null when something else is expected. */
export function useBand({ answer, setAnswer }: ExpectedDraft): Band | null {
  const { teacher } = useLab();
  return useMemo(() => {
    if (answer?.kind !== 'value') return null;
    const centre = numberIn(answer.value);
    if (centre === null) return null;
    const { absolute = 0, relative = 0 } = answer.tolerance ?? {};
    const change = (half: number): void =>
      setAnswer({ ...answer, tolerance: half === 0 ? null : { absolute: half, relative: 0 } });
    return { centre, half: Math.max(absolute, relative * Math.abs(centre)), change: teacher ? change : null };
  }, [answer, setAnswer, teacher]);
}
