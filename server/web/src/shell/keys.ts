/** Single-key shortcuts: off while typing, and off altogether when the person says so. `?` lists them. */
import { useEffect, useRef, useSyncExternalStore } from 'react';

const storageKey = 'nbpulse-keys';
const listeners = new Set<() => void>();
let on = ((): boolean => {
  try {
    return localStorage.getItem(storageKey) !== 'off';
  } catch {
    return true;
  }
})();

export function setKeysOn(value: boolean): void {
  on = value;
  try {
    localStorage.setItem(storageKey, value ? 'on' : 'off');
  } catch {
    // It holds until the page is closed.
  }
  for (const listener of listeners) listener();
}
export const useKeysOn = (): boolean =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => on,
  );

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));

/** Keys by what they type, as `r` or `?`; a chord is written `g c`. */
export function useKeys(bindings: Readonly<Record<string, () => void>>): void {
  const current = useRef(bindings);
  useEffect(() => {
    current.current = bindings;
  });
  useEffect(() => {
    let first = '';
    let firstAt = 0;
    const press = (event: KeyboardEvent): void => {
      if (!on || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target))
        return;
      if (document.querySelector('dialog[open]')) return;
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const chord = first !== '' && event.timeStamp - firstAt < 1_200 ? `${first} ${key}` : '';
      const handler = current.current[chord] ?? current.current[key];
      first = Object.keys(current.current).some((name) => name.startsWith(`${key} `)) && chord === '' ? key : '';
      firstAt = event.timeStamp;
      if (!handler) return;
      event.preventDefault();
      handler();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}
