/**
 * When the store's next flush is: at the next animation frame, and while changes come fast so seldom that applying and drawing them takes
 * no more than a share of the time. On a slow machine, or one that is busy with something else, it comes more seldom by itself.
 */

const calmChangesPerSecond = 200;
/** Of the time, while changes come fast. */
const mostShare = 0.15;
const leastPauseMs = 100;
const mostPauseMs = 250;
/** A hidden page gets no animation frames. */
const hiddenMs = 250;
/** The last flush counts for so much of what the next is expected to take. */
const weight = 0.3;

/** @param tookMs what a flush takes, drawing included @example busyPauseMs(30) // 200 */
export const busyPauseMs = (tookMs: number): number =>
  Math.min(mostPauseMs, Math.max(leastPauseMs, tookMs / mostShare));

export class FlushPace {
  #tookMs = 0;

  schedule(flush: () => void, changesPerSecond: number): void {
    if (document.hidden) setTimeout(flush, hiddenMs);
    else if (changesPerSecond > calmChangesPerSecond)
      setTimeout(() => requestAnimationFrame(() => this.#timed(flush)), busyPauseMs(this.#tookMs));
    else requestAnimationFrame(flush);
  }

  #timed(flush: () => void): void {
    const began = performance.now();
    flush();
    // A frame's work is done, style, layout and paint with it, when the first task after its callbacks runs.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      this.#tookMs += weight * (performance.now() - began - this.#tookMs);
    };
    port2.postMessage(null);
  }
}
