/** Python, coloured. The highlighter is loaded with the first code on the page; until then code is plain. */
import { useEffect, useState } from 'react';
import { linesOf, piecesOf, type Piece } from './spans.js';

type Highlighter = (source: string) => string;
let loading: Promise<Highlighter> | null = null;
async function load(): Promise<Highlighter> {
  const [{ default: core }, { default: python }] = await Promise.all([
    import('highlight.js/lib/core'),
    import('highlight.js/lib/languages/python'),
  ]);
  core.registerLanguage('python', python);
  return (source) => core.highlight(source, { language: 'python', ignoreIllegals: true }).value;
}

/** Longer sources stay plain: colouring them would hold the page up. */
const mostChars = 60_000;

export function useLines(source: string, language: 'python' | 'plain'): Piece[][] {
  const [highlighter, setHighlighter] = useState<{ run: Highlighter } | null>(null);
  const wanted = language === 'python' && source.length <= mostChars;
  useEffect(() => {
    if (!wanted || highlighter) return;
    let here = true;
    loading ??= load();
    loading
      .then((run) => {
        if (here) setHighlighter({ run });
      })
      .catch(() => {
        loading = null; // plain code does as well; the next code tries again
      });
    return () => {
      here = false;
    };
  }, [wanted, highlighter]);
  if (!wanted || !highlighter) return linesOf([{ text: source, className: '' }]);
  return linesOf(piecesOf(highlighter.run(source)));
}
