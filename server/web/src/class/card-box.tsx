/** A card beside what the pointer or the focus is on. It never takes the pointer. */
import { useLayoutEffect, useRef, type ReactNode } from 'react';

export interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}
export function CardBox({ box, below = false, children }: { box: Box; below?: boolean; children: ReactNode }) {
  const card = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const shown = card.current;
    if (!shown) return;
    const { offsetWidth: width, offsetHeight: height } = shown;
    const beside = box.right + 4 + width > innerWidth - 8 ? box.left - width - 4 : box.right + 4;
    const left = below ? Math.min(box.left, innerWidth - width - 8) : beside;
    shown.style.left = `${String(Math.max(8, left))}px`;
    shown.style.top = `${String(Math.max(8, Math.min(below ? box.bottom + 4 : box.top + 4, innerHeight - height - 8)))}px`;
  });
  return (
    <div className="tip float" ref={card} aria-hidden="true">
      {children}
    </div>
  );
}
