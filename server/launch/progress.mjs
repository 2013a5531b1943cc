/** One line a step. On a terminal the line of the step under way is rewritten; elsewhere a slow step also says that it goes on. */

const terminal = process.stderr.isTTY && process.env.TERM !== 'dumb';
const saysSoAfterMs = 5_000;

/** @type {Map<string, number>} name → when it began */
const underWay = new Map();
/** @type {NodeJS.Timeout | undefined} */
let ticking;

const seconds = (/** @type {number} */ since) => ((performance.now() - since) / 1000).toFixed(1).padStart(6);

function redraw() {
  const first = [...underWay][0];
  if (first) process.stderr.write(`\r\x1b[K  ${seconds(first[1])} s  ${[...underWay.keys()].join(', ')} …`);
}

/** @param {string} text */
export function say(text) {
  if (terminal && underWay.size > 0) process.stderr.write('\r\x1b[K');
  process.stderr.write(`${text}\n`);
  if (terminal) redraw();
}

/**
 * Shows `name` while `work` goes on, and one line when it is done.
 * @template T
 * @param {string} name @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function showing(name, work) {
  const began = performance.now();
  underWay.set(name, began);
  if (terminal && ticking === undefined) ticking = setInterval(redraw, 500).unref();
  if (terminal) redraw();
  const slow = terminal ? undefined : setTimeout(() => say(`          ${name} …`), saysSoAfterMs).unref();
  try {
    const result = await work();
    underWay.delete(name);
    say(`  ${seconds(began)} s  ${name}`);
    return result;
  } finally {
    clearTimeout(slow);
    underWay.delete(name);
    if (underWay.size === 0) {
      clearInterval(ticking);
      ticking = undefined;
      if (terminal) process.stderr.write('\r\x1b[K');
    }
  }
}
