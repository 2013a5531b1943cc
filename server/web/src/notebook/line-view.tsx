import { useState } from 'react';
import { count } from '../shell/time.js';
import '../styles/notebook.css';
import '../styles/values.css';
import type { Line, LineDifference } from './line-difference.js';

/** Equal lines shown around what changed. */
const context = 2;
const mostLines = 300;
const mostChars = 2_000;

type Shown = { line: Line } | { equal: number };

/** Long runs of equal lines become one entry. */
export function withGaps(lines: readonly Line[]): Shown[] {
  const near = new Set<number>();
  lines.forEach((line, index) => {
    if (line.kind === 'same') return;
    for (let at = index - context; at <= index + context; at++) near.add(at);
  });
  const shown: Shown[] = [];
  let equal = 0;
  const endGap = (): void => {
    if (equal > 0) shown.push({ equal });
    equal = 0;
  };
  lines.forEach((line, index) => {
    if (near.has(index)) {
      endGap();
      shown.push({ line });
    } else equal++;
  });
  endGap();
  return shown;
}

const signs = { same: ' ', removed: '−', added: '+' } as const;
const spoken = { same: '', removed: 'removed: ', added: 'added: ' } as const;

/** Changed lines with their words marked; equal ones folded, very long ones cut. */
export function LineView({ difference, name }: { difference: LineDifference; name: string }) {
  const [open, setOpen] = useState(false);
  const shown: Shown[] = open ? difference.lines.map((line) => ({ line })) : withGaps(difference.lines);
  const cut = shown.slice(0, mostLines);
  const folded = shown.some((one) => 'equal' in one);
  return (
    <>
      {difference.rough && (
        <p className="q3 sm">Too much of it differs to compare it line by line: all of the old, then all of the new.</p>
      )}
      <pre className="code diff" tabIndex={0} role="group" aria-label={name}>
        {cut.map((one, index) =>
          'equal' in one ? (
            <span className="ln gap" key={index}>
              {count(one.equal, 'equal line')}
              {'\n'}
            </span>
          ) : (
            <span className={`ln ${one.line.kind}`} key={index}>
              <span className="sign" aria-hidden="true">
                {signs[one.line.kind]}
              </span>
              {one.line.kind !== 'same' && <span className="vh">{spoken[one.line.kind]}</span>}
              <LineText line={one.line} />
              {'\n'}
            </span>
          ),
        )}
      </pre>
      {shown.length > mostLines && (
        <p className="q3 sm">{count(shown.length - mostLines, 'more line')}; download the notebook to see them.</p>
      )}
      {(folded || open) && (
        <button type="button" className="btn quiet small" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Fold equal lines' : 'Show equal lines'}
        </button>
      )}
    </>
  );
}

function LineText({ line }: { line: Line }) {
  if (line.text.length > mostChars)
    return (
      <>
        {line.text.slice(0, mostChars)}
        <i> … {(line.text.length - mostChars).toLocaleString('en')} more characters</i>
      </>
    );
  if (line.kind === 'same' || line.pieces.length === 0) return line.text;
  return line.pieces.map((piece, index) => (piece.marked ? <mark key={index}>{piece.text}</mark> : piece.text));
}
