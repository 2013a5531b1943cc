/** One short message at a time, bottom left, with Undo where there is one. It stays while hovered or focused. */
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import { Icon } from './icons.js';

const shownMs = 8_000;
interface Toast {
  words: string;
  undo?: () => void;
  wrong?: boolean;
}
const ToastContext = createContext<(toast: Toast) => void>(() => undefined);
export const useToast = (): ((toast: Toast) => void) => useContext(ToastContext);

export function ToastPlace({ children }: { children: ReactNode }) {
  const [toast, setToast] = useState<Toast | null>(null);
  const [held, setHeld] = useState(false);
  const show = useCallback((next: Toast) => setToast(next), []);
  useEffect(() => {
    if (!toast || held) return;
    const timer = setTimeout(() => setToast(null), shownMs);
    return () => clearTimeout(timer);
  }, [toast, held]);
  const hold = useMemo(
    () => ({
      onPointerEnter: () => setHeld(true),
      onPointerLeave: () => setHeld(false),
      onFocus: () => setHeld(true),
      onBlur: () => setHeld(false),
    }),
    [],
  );
  return (
    <ToastContext.Provider value={show}>
      {children}
      <div role="status">
        {toast && (
          <div className="toast float" {...hold}>
            <span>{toast.words}</span>
            {toast.undo && (
              <button
                type="button"
                className="btn quiet small"
                onClick={() => {
                  toast.undo?.();
                  setToast(null);
                  setHeld(false);
                }}
              >
                Undo
              </button>
            )}
            <button
              type="button"
              className="btn quiet icon small"
              aria-label="Dismiss"
              onClick={() => {
                setToast(null);
                setHeld(false);
              }}
            >
              <Icon name="x" />
            </button>
          </div>
        )}
      </div>
    </ToastContext.Provider>
  );
}
