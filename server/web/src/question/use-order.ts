import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { inOrder, nameOf, type Group } from './question-feed.js';

const restMs = 10_000;

interface Ordered {
  /** In the order in which they were last sorted; those that came since are not among them. */
  groups: readonly Group[];
  /** New groups that wait below the list. */
  fresh: readonly Group[];
  /** Whether sorting would move something. */
  old: boolean;
  resort: () => void;
}

/**
 * Holds the order of the groups still. They are sorted again when asked to, or when nobody has touched the page for ten seconds;
 * `what` names what is shown (question, view), and another one starts anew.
 */
export function useOrder(groups: readonly Group[], what: string): Ordered {
  const [order, setOrder] = useState<{ what: string; names: readonly string[] } | null>(null);
  const resort = useCallback(() => setOrder({ what, names: groups.map(nameOf) }), [what, groups]);
  if (groups.length > 0 && order?.what !== what) setOrder({ what, names: groups.map(nameOf) });
  const { ordered, fresh, old } = useMemo(() => {
    const names = new Set(order?.names);
    const known = groups.filter((group) => names.has(nameOf(group)));
    const fresh = groups.filter((group) => !names.has(nameOf(group)));
    const ordered = order ? inOrder(known, order.names) : known;
    return { ordered, fresh, old: fresh.length > 0 || known.some((group, at) => group !== ordered[at]) };
  }, [groups, order]);
  const latest = useRef(resort);
  useEffect(() => {
    latest.current = resort;
  });
  useEffect(() => {
    if (!old) return;
    const sort = (): void => latest.current();
    let timer = setTimeout(sort, restMs);
    const touched = (): void => {
      clearTimeout(timer);
      timer = setTimeout(sort, restMs);
    };
    const inputs = ['pointermove', 'pointerdown', 'keydown', 'wheel', 'touchmove'] as const;
    for (const name of inputs) addEventListener(name, touched, { passive: true });
    return () => {
      clearTimeout(timer);
      for (const name of inputs) removeEventListener(name, touched);
    };
  }, [old]);
  return { groups: ordered, fresh, old, resort };
}
