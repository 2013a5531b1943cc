import { memo, useState } from 'react';
import { useLines } from './highlight.js';
import type { Piece } from './spans.js';

const foldedLines = 24;

export function Pieces({ pieces }: { pieces: readonly Piece[] }) {
  return pieces.map((piece, index) =>
    piece.className === '' ? (
      piece.text
    ) : (
      <span key={index} className={piece.className}>
        {piece.text}
      </span>
    ),
  );
}

interface CodeViewProps {
  source: string;
  name: string;
  language?: 'python' | 'plain';
  numbered?: boolean;
}
/** Source with line numbers; a long one is folded. */
export const CodeView = memo(function CodeView({ source, name, language = 'python', numbered = true }: CodeViewProps) {
  const lines = useLines(source.replace(/\n+$/, ''), language);
  const [open, setOpen] = useState(false);
  const long = lines.length > foldedLines + 4;
  const shown = long && !open ? lines.slice(0, foldedLines) : lines;
  return (
    <>
      <pre className={`code ${numbered ? 'numbered' : ''}`} tabIndex={0} role="group" aria-label={name}>
        {shown.map((pieces, index) => (
          <span className="ln" key={index} data-n={index + 1}>
            <Pieces pieces={pieces} />
            {'\n'}
          </span>
        ))}
      </pre>
      {long && (
        <button type="button" className="btn quiet small" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Fold' : `All ${String(lines.length)} lines`}
        </button>
      )}
    </>
  );
});
