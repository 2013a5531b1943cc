/**
 * JSON as Python's `json.dumps` writes it: with bare `NaN` and `Infinity`, integers of any length, and `5.0` apart from `5`.
 *
 * JavaScript's own reader does the reading. Before it, what it would lose is marked: strings get a leading `s`, and numbers that
 * a JavaScript number cannot tell (`5.0`, `1e3`, `NaN`, integers past 2^53) become strings with a leading `n`. Keys are marked too,
 * so that none of them is `__proto__`.
 */

/** Marked text (`s…` a string, `n…` a number's own digits) or what JSON holds otherwise. */
export type Marked = null | boolean | number | string | Marked[] | { [key: string]: Marked };

const numberAt = /-?(?:Infinity|NaN|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/y;
const numberStart = /[-\dIN]/;

/** @returns null when it is no JSON, or nested deeper than `maxDepth` */
export function readPythonJson(text: string, maxDepth: number): { json: Marked } | null {
  const parts: string[] = [];
  let from = 0;
  let depth = 0;
  for (let at = 0; at < text.length;) {
    const char = text[at] ?? '';
    if (char === '"') {
      parts.push(text.slice(from, at + 1), 's');
      from = at + 1;
      at = endOfString(text, at);
    } else if (numberStart.test(char)) {
      numberAt.lastIndex = at;
      const token = numberAt.exec(text)?.[0];
      if (token === undefined) return null;
      if (mustBeMarked(token)) {
        parts.push(text.slice(from, at), `"n${token}"`);
        from = at + token.length;
      }
      at += token.length;
    } else {
      if (char === '[' || char === '{') depth++;
      if (char === ']' || char === '}') depth--;
      if (depth > maxDepth) return null;
      at++;
    }
  }
  parts.push(text.slice(from));
  try {
    return { json: JSON.parse(parts.join('')) as Marked };
  } catch {
    return null;
  }
}

/** The place after the closing quote of the string that opens at `at`; the end of the text when it is not closed. */
function endOfString(text: string, at: number): number {
  for (let next = at + 1; next < text.length; next++) {
    if (text[next] === '\\') next++;
    else if (text[next] === '"') return next + 1;
  }
  return text.length;
}

/** True when a JavaScript number would no longer say what stood there: an integer past 2^53, a float without a fraction, no number. */
function mustBeMarked(token: string): boolean {
  const value = Number(token);
  if (/^-?\d+$/.test(token)) return !Number.isSafeInteger(value) || Object.is(value, -0);
  return !Number.isFinite(value) || Number.isInteger(value);
}
