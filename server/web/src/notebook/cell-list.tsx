import { useState } from 'react';
import { count } from '../shell/time.js';
import { CellView } from './cell-view.js';
import type { NotebookCell } from './notebook.js';

/** Cells drawn at once; of more, the next come when asked for. */
const cellsAtOnce = 100;

export function CellList({ cells }: { cells: readonly NotebookCell[] }) {
  const [shown, setShown] = useState(cellsAtOnce);
  return (
    <div className="nb">
      {cells.length === 0 && <p className="q2">This notebook has no cells.</p>}
      {cells.slice(0, shown).map((cell, index) => (
        <CellView key={index} cell={cell} n={index + 1} />
      ))}
      {cells.length > shown && (
        <p>
          <button type="button" className="btn" onClick={() => setShown(shown + cellsAtOnce)}>
            Show {count(Math.min(cellsAtOnce, cells.length - shown), 'more cell')} of{' '}
            {cells.length.toLocaleString('en')}
          </button>
        </p>
      )}
    </div>
  );
}
