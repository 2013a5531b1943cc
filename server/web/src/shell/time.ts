/** Times in the course's zone, in words that fit a cell. */
export interface TimeWords {
  /** `14:02:31` */
  clock: (ms: number) => string;
  /** `14:02` */
  short: (ms: number) => string;
  /** `Fri 14 Nov` */
  day: (ms: number) => string;
  /** `14 Nov 2026` */
  date: (ms: number) => string;
  /** `Fri 14 Nov, 14:02` */
  full: (ms: number) => string;
}

const made = new Map<string, TimeWords>();

/** An unknown zone (an old browser, a typed one) falls back to the browser's own. */
export function timeWords(timeZone: string): TimeWords {
  const known = made.get(timeZone);
  if (known) return known;
  const format = (options: Intl.DateTimeFormatOptions): ((ms: number) => string) => {
    let formatter: Intl.DateTimeFormat;
    try {
      formatter = new Intl.DateTimeFormat('en-GB', { ...options, timeZone });
    } catch {
      formatter = new Intl.DateTimeFormat('en-GB', options);
    }
    return (ms) => (Number.isFinite(ms) ? formatter.format(ms) : '–');
  };
  const day = format({ weekday: 'short', day: 'numeric', month: 'short' });
  const short = format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const words: TimeWords = {
    clock: format({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }),
    short,
    day: (ms) => day(ms).replace(',', ''),
    date: format({ day: 'numeric', month: 'short', year: 'numeric' }),
    full: (ms) => `${day(ms).replace(',', '')}, ${short(ms)}`,
  };
  made.set(timeZone, words);
  return words;
}

/** `now`, `4 min`, `3 h 05`, `2 days`. */
export function ago(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return 'now';
  if (minutes < 60) return `${String(minutes)} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${String(hours)} h ${String(minutes % 60).padStart(2, '0')}`;
  const days = Math.floor(hours / 24);
  return days === 1 ? '1 day' : `${String(days)} days`;
}

const grouped = new Intl.NumberFormat('en');
export const count = (n: number, one: string, many = `${one}s`): string =>
  `${grouped.format(n)} ${n === 1 ? one : many}`;

export function size(bytes: number): string {
  if (bytes < 1024) return `${String(bytes)} B`;
  if (bytes < 1024 ** 2) return `${(bytes / 1024).toFixed(0)} kB`;
  return `${(bytes / 1024 ** 2).toFixed(1)} MB`;
}

/** Points without needless digits: `8`, `8.5`, `0.33`. */
export const points = (value: number): string => String(Math.round(value * 100) / 100);
