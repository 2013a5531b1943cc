/**
 * What changed between two texts, line by line, and within lines that were replaced word by word. A text is never compared
 * without bounds: past them every line counts as replaced, and `rough` says so.
 */
import { diffArrays, diffWordsWithSpace } from 'diff';

export interface LinePiece {
  text: string;
  /** It is not in the other version of this line. */
  marked: boolean;
}
export type Line =
  | { kind: 'same'; text: string; before: number; after: number }
  | { kind: 'removed'; text: string; before: number; pieces: LinePiece[] }
  | { kind: 'added'; text: string; after: number; pieces: LinePiece[] };
export interface LineDifference {
  lines: Line[];
  /** Too much of it differs to say which lines. */
  rough: boolean;
}

/** Lines that may be added and removed before we stop looking: the time grows with its square. */
const mostEdits = 2_000;
const mostLines = 50_000;
const mostWordChars = 2_000;
const mostWordEdits = 400;
/** Less than this share in common: marks on nearly every word would say nothing. */
const leastInCommon = 0.25;

export function lineDifference(before: string, after: string): LineDifference {
  const [old, now] = [before.split('\n'), after.split('\n')];
  const parts = old.length + now.length > mostLines ? undefined : diffArrays(old, now, { maxEditLength: mostEdits });
  if (!parts) {
    return {
      rough: true,
      lines: [
        ...old.map((text, index): Line => ({ kind: 'removed', text, before: index + 1, pieces: [] })),
        ...now.map((text, index): Line => ({ kind: 'added', text, after: index + 1, pieces: [] })),
      ],
    };
  }
  const lines: Line[] = [];
  let at = { before: 1, after: 1 };
  for (const [index, part] of parts.entries()) {
    if (part.removed) {
      const next = parts[index + 1];
      const replacedBy = next?.added ? next.value : [];
      part.value.forEach((text, n) => {
        const pieces = piecesOf(text, replacedBy[n]);
        lines.push({ kind: 'removed', text, before: at.before + n, pieces: pieces.before });
      });
      at = { ...at, before: at.before + part.value.length };
    } else if (part.added) {
      const former = parts[index - 1];
      const replaced = former?.removed ? former.value : [];
      part.value.forEach((text, n) => {
        const other = replaced[n];
        const pieces = other === undefined ? [] : piecesOf(other, text).after;
        lines.push({ kind: 'added', text, after: at.after + n, pieces });
      });
      at = { ...at, after: at.after + part.value.length };
    } else {
      for (const [n, text] of part.value.entries())
        lines.push({ kind: 'same', text, before: at.before + n, after: at.after + n });
      at = { before: at.before + part.value.length, after: at.after + part.value.length };
    }
  }
  return { lines, rough: false };
}

/** Empty: the lines have so little in common that the whole of each is marked. */
function piecesOf(before: string, after: string | undefined): { before: LinePiece[]; after: LinePiece[] } {
  const none = { before: [], after: [] };
  if (after === undefined || before.length + after.length > mostWordChars) return none;
  const parts = diffWordsWithSpace(before, after, { maxEditLength: mostWordEdits });
  if (!parts) return none;
  const common = parts.reduce((sum, part) => (part.added || part.removed ? sum : sum + part.value.trim().length), 0);
  if (common < leastInCommon * Math.max(before.trim().length, after.trim().length)) return none;
  const side = (leftOut: 'added' | 'removed'): LinePiece[] =>
    parts.flatMap((part) => (part[leftOut] ? [] : [{ text: part.value, marked: part.added || part.removed }]));
  return { before: side('added'), after: side('removed') };
}
