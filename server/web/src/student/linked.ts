/**
 * The chart and the list below it show the same things: what is pointed at or focused in one is marked in the other. Both carry
 * the ids of their items (`data-items`, several with spaces between); the marking is an attribute, so that nothing is drawn anew.
 */
import { useEffect, type RefObject } from 'react';

const idsOf = (element: Element | null): string[] =>
  (element?.closest('[data-items]')?.getAttribute('data-items') ?? '').split(' ').filter((id) => id !== '');

export function mark(root: Element, ids: readonly string[]): void {
  for (const lit of root.querySelectorAll('[data-lit]')) lit.removeAttribute('data-lit');
  for (const id of ids)
    for (const found of root.querySelectorAll(`[data-items~="${CSS.escape(id)}"]`)) found.setAttribute('data-lit', '');
}

export function useLinked(root: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = root.current;
    if (!element) return;
    const point = (event: Event): void => {
      if (event.target instanceof Element) mark(element, idsOf(event.target));
    };
    const leave = (): void => mark(element, idsOf(document.activeElement));
    element.addEventListener('pointerover', point);
    element.addEventListener('focusin', point);
    element.addEventListener('pointerleave', leave);
    return () => {
      element.removeEventListener('pointerover', point);
      element.removeEventListener('focusin', point);
      element.removeEventListener('pointerleave', leave);
    };
  });
}

/** Brings the line of this item into sight and the focus to it. */
export function goToLine(id: string): void {
  const line = document.querySelector<HTMLElement>(`.tl > [data-items~="${CSS.escape(id)}"]`);
  line?.scrollIntoView({ block: 'center' });
  line?.focus({ preventScroll: true });
}
