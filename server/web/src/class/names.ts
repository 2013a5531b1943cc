/** Names of students on any page below a lab: always through here, so that *Anonymise* swaps every one of them. */
import { useCallback, useSyncExternalStore } from 'react';
import type { Names } from '../live/names.js';
import { useLab } from './lab-context.js';

/** `toggle` switches *Anonymise*, on all pages below this lab, also after a reload. */
export function useNames(): Names & { toggle: () => void } {
  const { names } = useLab();
  const view = useSyncExternalStore(names.subscribe, () => names.view);
  return { ...view, toggle: names.toggle };
}

/** One student's name. Renders again only when that name changes. */
export function useName(participant: string, known?: string): string {
  const { names } = useLab();
  return useSyncExternalStore(
    names.subscribe,
    useCallback(() => names.view.nameOf(participant, known), [names, participant, known]),
  );
}
