/**
 * Turns the HTML of a highlighter into plain pieces of text with classes, so that React writes them as text: nothing that a
 * student sent ever becomes markup here. Only `<span class="…">` is understood; any other tag is left out, its text stays.
 */
export interface Piece {
  text: string;
  className: string;
}
const entities: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
  '#x27': "'",
  '#x2F': '/',
};
const decode = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|#39|#x27|#x2F);/g, (whole, name: string) => entities[name] ?? whole);

export function piecesOf(html: string): Piece[] {
  const pieces: Piece[] = [];
  const classes: string[] = [];
  const tag = /<(\/?)([a-z]+)([^>]*)>/gi;
  let end = 0;
  const add = (text: string): void => {
    if (text !== '') pieces.push({ text: decode(text), className: classes.filter(Boolean).join(' ') });
  };
  for (let match = tag.exec(html); match; match = tag.exec(html)) {
    add(html.slice(end, match.index));
    end = tag.lastIndex;
    if (match[1] === '/') classes.pop();
    else classes.push(/class="([\w\s-]*)"/.exec(match[3] ?? '')?.[1] ?? '');
  }
  add(html.slice(end));
  return pieces;
}

/** The same pieces, line by line. */
export function linesOf(pieces: readonly Piece[]): Piece[][] {
  const lines: Piece[][] = [[]];
  for (const piece of pieces) {
    piece.text.split('\n').forEach((text, index) => {
      if (index > 0) lines.push([]);
      if (text !== '') lines[lines.length - 1]?.push({ ...piece, text });
    });
  }
  return lines;
}
