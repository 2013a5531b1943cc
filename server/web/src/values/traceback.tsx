import { useMemo } from 'react';
import { AnsiUp } from 'ansi_up';
import { Pieces } from './code-view.js';
import { piecesOf } from './spans.js';

/** Terminal text: its colours become classes, everything else is text. */
export function AnsiText({ text, name }: { text: string; name: string }) {
  const pieces = useMemo(() => {
    const ansi = new AnsiUp();
    ansi.use_classes = true;
    ansi.escape_html = true;
    ansi.url_allowlist = {};
    return piecesOf(ansi.ansi_to_html(text));
  }, [text]);
  return (
    <pre className="code ansi" tabIndex={0} role="group" aria-label={name}>
      <Pieces pieces={pieces} />
    </pre>
  );
}
