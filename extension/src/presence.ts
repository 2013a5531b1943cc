/** Online or idle, told to the server: idle is five minutes without a key or a pointer on this page. Nothing else is watched. */
import type { Room } from './room.js';

const idleAfterMs = 5 * 60_000;

export function watchPresence(room: Room): void {
  const { clock } = room.parts;
  let presence: 'online' | 'idle' = 'online';
  let cancel = (): void => undefined;
  const tell = (next: 'online' | 'idle'): void => {
    if (presence === next) return;
    presence = next;
    for (const seat of room.all) seat.tellPresence(next);
  };
  const stir = (): void => {
    tell('online');
    cancel();
    cancel = clock.after(idleAfterMs, () => tell('idle'));
  };
  for (const kind of ['keydown', 'pointerdown', 'pointermove'] as const) {
    document.addEventListener(kind, stir, { passive: true, capture: true });
  }
  stir();
  // The network is back: no need to wait for the next try.
  window.addEventListener('online', () => {
    for (const seat of room.all) seat.retryNow();
  });
}
