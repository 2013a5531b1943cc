/** Long lists grow as they are scrolled, so that the first answers of a large class are there at once. */
import { useCallback, useEffect, useState, type ReactNode } from 'react';

const step = 60;

/** The first of a list, and an element to put below them: when it comes near the window, more are shown. */
export function useGrowing<T>(all: readonly T[]): { shown: readonly T[]; more: ReactNode } {
  const [most, setMost] = useState(step);
  const [end, setEnd] = useState<HTMLElement | null>(null);
  const grow = useCallback(() => setMost((before) => before + 2 * step), []);
  const left = all.length > most;
  useEffect(() => {
    if (!end || !left) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) grow();
      },
      { rootMargin: '800px' },
    );
    observer.observe(end);
    return () => observer.disconnect();
    // Observed anew with each growth: an element that stays in sight reports only once.
  }, [end, left, grow, most]);
  return {
    shown: left ? all.slice(0, most) : all,
    more: left ? (
      <div ref={setEnd}>
        <button type="button" className="btn quiet" onClick={grow}>
          {(all.length - most).toLocaleString('en')} more
        </button>
      </div>
    ) : null,
  };
}
