import { useState } from 'react';

const keptKey = 'nbpulse-tile-size';
const usual = 180;

/** Width of a thumbnail in pixels, as it was last chosen in this browser. */
export function useTileSize(): [number, (size: number) => void] {
  const [size, setSize] = useState(() => {
    try {
      const kept = Number(localStorage.getItem(keptKey));
      return kept >= 120 && kept <= 420 ? kept : usual;
    } catch {
      return usual;
    }
  });
  return [
    size,
    (next) => {
      setSize(next);
      try {
        localStorage.setItem(keptKey, String(next));
      } catch {
        // It holds until the page is closed.
      }
    },
  ];
}
