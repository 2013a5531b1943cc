/** Time as the plugin sees it, passed in so that tests move it by hand: the page's own clock, and the tests'. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Runs once after `delayMs`; the returned function cancels. */
  after(delayMs: number, run: () => void): () => void;
}

export const pageClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

const two = (n: number): string => String(n).padStart(2, '0');

/** `14:02`, in the student's own zone. */
export function hourMinute(at: number | string): string {
  const date = new Date(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

const months = 'January February March April May June July August September October November December'.split(' ');

/** `21 November 2027`, in the student's own zone. */
export function longDate(at: number | string): string {
  const date = new Date(at);
  return `${date.getDate()} ${months[date.getMonth()] ?? ''} ${date.getFullYear()}`;
}

/** `21 November, 14:02:31`, in the student's own zone. */
export function dayHourMinuteSecond(at: number | string): string {
  const date = new Date(at);
  return `${date.getDate()} ${months[date.getMonth()] ?? ''}, ${hourMinuteSecond(at)}`;
}

/** `14:02:31`, in the student's own zone. */
export function hourMinuteSecond(at: number | string): string {
  return `${hourMinute(at)}:${two(new Date(at).getSeconds())}`;
}
