/** How the pages of one lab read its live data. */
import { createContext, useCallback, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import type { Alert } from '../live/alerts.js';
import type { AlertKeeper } from '../live/alert-keeper.js';
import type { LabModel } from '../live/lab-model.js';
import type { Row } from '../live/row.js';
import type { ConnectionView } from '../live/connection.js';
import type { Insight, InsightKeeper } from '../live/insight.js';
import type { LabSession } from '../live/lab-session.js';
import type { NameKeeper } from '../live/names.js';
import type { OrderKeeper } from '../live/order-keeper.js';
import type { TimeWords } from '../shell/time.js';

export interface LabTools {
  session: LabSession;
  insight: InsightKeeper;
  order: OrderKeeper;
  names: NameKeeper;
  alerts: AlertKeeper;
  time: TimeWords;
  /** True when this account may change the lab and see grades. */
  teacher: boolean;
}
export const LabContext = createContext<LabTools | null>(null);

export function useLab(): LabTools {
  const tools = useContext(LabContext);
  if (!tools) throw new Error('this part of the page stands outside a lab');
  return tools;
}

/** Follows one part of the model. `pick` returns the same object while nothing changed. */
export function useModel<T>(pick: (model: LabModel) => T): T {
  const { store } = useLab().session;
  return useSyncExternalStore(store.subscribe, () => {
    if (!store.model) throw new Error('the lab has not been read yet');
    return pick(store.model);
  });
}
/** As `useModel`, for what says something about the whole class: while records come fast it follows at most twice a second. */
export function useCalmModel<T>(pick: (model: LabModel) => T): T {
  const { store, calm } = useLab().session;
  return useSyncExternalStore(calm.subscribe, () => {
    if (!store.model) throw new Error('the lab has not been read yet');
    return pick(store.model);
  });
}
export function useRow(participant: string): Row | undefined {
  return useModel(useCallback((model: LabModel) => model.rows.get(participant), [participant]));
}
export function useInsight(): Insight {
  const { insight } = useLab();
  return useSyncExternalStore(insight.subscribe, () => insight.current);
}
export function useAlerts(): readonly Alert[] {
  const { alerts } = useLab();
  return useSyncExternalStore(alerts.subscribe, () => alerts.current);
}
export function useConnection(session: LabSession): ConnectionView {
  return useSyncExternalStore(session.connection.subscribe, () => session.connection.view);
}

/** The server's clock, stepping. It stands still while the connection is lost: what is shown is as of then. */
export function useNow(everyMs: number): number {
  const { session } = useLab();
  const read = useCallback((): number => {
    const { view } = session.connection;
    const ms =
      view.phase === 'lost' && view.notice !== 'quiet' ? view.showing + session.connection.skewMs : session.now();
    return Math.floor(ms / everyMs) * everyMs;
  }, [session, everyMs]);
  const [now, setNow] = useState(read);
  useEffect(() => {
    const timer = setInterval(() => setNow(read()), Math.min(everyMs, 1_000));
    return () => clearInterval(timer);
  }, [everyMs, read]);
  return now;
}

export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    useCallback(
      (listener: () => void) => {
        const list = matchMedia(query);
        list.addEventListener('change', listener);
        return () => list.removeEventListener('change', listener);
      },
      [query],
    ),
    () => matchMedia(query).matches,
  );
}
