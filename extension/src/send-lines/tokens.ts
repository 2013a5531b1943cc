/**
 * Reads a notebook cell as tokens: enough of Python to find calls, in cells that Python itself could not parse.
 *
 * The rules are those of `extension/nbpulse/command/tokens.py`, held equal by `schema/fixtures/number.json`. CodeMirror's grammar,
 * which the page has already, is not used: it takes a magic (`%matplotlib inline`, `!ls`) for an operator and swallows
 * what follows.
 */

/** Cell magics whose body is Python of this kernel. The body of any other (`%%bash`, `%%html` …) is left alone. */
const pythonCellMagics = new Set(['time', 'timeit', 'capture', 'prun', 'debug']);

const token =
  /(?<space>[^\S\n]+|\\\n)|(?<newline>\n)|(?<comment>#[^\n]*)|(?<string>(?:[rR][bBfFtT]?|[bBfFtT][rR]?|[uU])?(?:"""|'''|"|'))|(?<number>[0-9][0-9A-Za-z_.]*)|(?<name>[\p{L}\p{Nl}\p{No}_][\p{L}\p{N}_]*)|(?<op>==|!=|<=|>=|:=|[^])/uy;
/**
 * What stands behind the opening quote, the closing one included. A string without an end stops at its line's end, or at the
 * cell's end if it has three quotes.
 */
const restOf: Record<string, RegExp> = {
  '"': /(?:\\[^]|[^"\\\n])*"?/uy,
  "'": /(?:\\[^]|[^'\\\n])*'?/uy,
  '"""': /(?:\\[^]|(?!""")[^\\])*(?:""")?/uy,
  "'''": /(?:\\[^]|(?!''')[^\\])*(?:''')?/uy,
};
const cellMagic = /^\s*?^%%([\p{L}\p{N}_]*)[^\n]*/mu;
/** `%time send(x, 3)`: the rest of the line is Python. */
const pythonLineMagic = /%(?:time|timeit)(?![\p{L}\p{N}_])/uy;
const wholeLine = /(?:[^\n\\]|\\\n|\\.)*/uy;

export interface Token {
  /** Blanks, line ends and comments are left out. */
  kind: 'name' | 'number' | 'string' | 'op';
  text: string;
  /** Offsets in the cell's source, in UTF-16 units. */
  start: number;
  end: number;
}

/** The tokens of a code cell; none for a cell in another language. */
export function readTokens(source: string): Token[] {
  let at = 0;
  const magic = cellMagic.exec(source);
  if (magic?.index === 0) {
    if (!pythonCellMagics.has(magic[1] ?? '')) return [];
    at = magic[0].length;
  }
  const tokens: Token[] = [];
  let depth = 0;
  let lineBegins = true;
  while (at < source.length) {
    const first = source.charAt(at);
    if (depth === 0 && '%!?'.includes(first) && (lineBegins || tokens.at(-1)?.text === '=')) {
      const timed = endOf(pythonLineMagic, source, at);
      at = timed > at ? timed : endOf(wholeLine, source, at);
      lineBegins = false;
      continue;
    }
    token.lastIndex = at;
    const found = token.exec(source);
    if (!found) break; // every character is a token
    const groups = found.groups ?? {};
    let end = at + found[0].length;
    if (groups['newline'] !== undefined) lineBegins = true;
    else if (groups['space'] === undefined && groups['comment'] === undefined) {
      lineBegins = false;
      if (groups['string'] !== undefined) {
        const rest = restOf[found[0].replace(/^[rRbBfFtTuU]+/, '')];
        if (rest) end = endOf(rest, source, end);
      }
      const kind = (['string', 'number', 'name'] as const).find((name) => groups[name] !== undefined) ?? 'op';
      tokens.push({ kind, text: source.slice(at, end), start: at, end });
      if (kind === 'op') {
        if ('([{'.includes(first)) depth += 1;
        else if (')]}'.includes(first)) depth = Math.max(0, depth - 1);
      }
    }
    at = end;
  }
  return tokens;
}

function endOf(pattern: RegExp, source: string, at: number): number {
  pattern.lastIndex = at;
  const found = pattern.exec(source);
  return found ? at + found[0].length : at;
}
