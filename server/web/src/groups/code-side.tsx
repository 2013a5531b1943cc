import type { Piece } from '../values/spans.js';
import type { PairedLine, Row, Span } from './code-difference.js';
import { count } from '../shell/time.js';

interface CodeSideProps {
  name: string;
  side: 'left' | 'right';
  rows: readonly Row[];
  /** Highlighted, line by line. */
  lines: readonly (readonly Piece[])[];
  unfold: () => void;
}

/** One of two sources; where the other has a line that this has not, a line is left free. */
export function CodeSide({ name, side, rows, lines, unfold }: CodeSideProps) {
  return (
    <pre className={`code numbered ${side}`} tabIndex={0} role="group" aria-label={name}>
      {rows.map((row, index) =>
        'folded' in row ? (
          <button type="button" className="ln gap" key={index} onClick={unfold}>
            {count(row.folded.length, 'equal line')}
          </button>
        ) : (
          <Line key={index} pair={row.pair} side={side} lines={lines} />
        ),
      )}
    </pre>
  );
}

function Line({ pair, side, lines }: { pair: PairedLine } & Pick<CodeSideProps, 'side' | 'lines'>) {
  const own = pair[side];
  if (!own) return <span className="ln free">{'\n'}</span>;
  return (
    <span className={`ln ${pair.equal ? '' : 'changed'}`} data-n={own.line + 1}>
      {marked(lines[own.line] ?? [], own.marks).map(({ text, className, mark }, index) =>
        mark ? (
          <mark key={index} className={className}>
            {text}
          </mark>
        ) : (
          <span key={index} className={className}>
            {text}
          </span>
        ),
      )}
      {'\n'}
    </span>
  );
}

/** Highlighted pieces cut where marks begin and end. */
export function marked(pieces: readonly Piece[], marks: readonly Span[]): (Piece & { mark: boolean })[] {
  const cut: (Piece & { mark: boolean })[] = [];
  let at = 0;
  for (const { text, className } of pieces) {
    const edges = [at, at + text.length];
    for (const { from, to } of marks)
      for (const edge of [from, to]) if (edge > at && edge < at + text.length) edges.push(edge);
    edges.sort((a, b) => a - b);
    for (let i = 0; i + 1 < edges.length; i++) {
      const [from = 0, to = 0] = [edges[i], edges[i + 1]];
      if (from === to) continue;
      const mark = marks.some((one) => one.from <= from && to <= one.to);
      cut.push({ text: text.slice(from - at, to - at), className, mark });
    }
    at += text.length;
  }
  return cut;
}
