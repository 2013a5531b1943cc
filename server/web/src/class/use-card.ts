import { useCallback, useEffect, useRef, useState } from 'react';
import type { CardPlace } from './cell-card.js';

/** The first card waits, so that crossing the grid opens none; once one is open the next comes at once. */
const waitMs = 200;

export function useCard(): { card: CardPlace | null; show: (place: CardPlace | null, now?: boolean) => void } {
  const [card, setCard] = useState<CardPlace | null>(null);
  const open = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const cancel = (): void => {
    if (timer.current !== null) clearTimeout(timer.current);
    timer.current = null;
  };
  const show = useCallback((place: CardPlace | null, now = false): void => {
    cancel();
    if (place === null || open.current || now) {
      open.current = place !== null;
      setCard(place);
      return;
    }
    timer.current = setTimeout(() => {
      open.current = true;
      setCard(place);
    }, waitMs);
  }, []);
  useEffect(() => cancel, []);
  return { card, show };
}
