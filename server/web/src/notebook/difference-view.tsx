/** What changed between two versions of a notebook: changed cells in full, runs of unchanged ones folded. */
import { useMemo, useRef, useState } from 'react';
import { count } from '../shell/time.js';
import { CodeView } from '../values/code-view.js';
import { CellView, Outputs } from './cell-view.js';
import type { CellChange, NotebookDifference } from './difference.js';
import { LineView } from './line-view.js';
import type { NotebookCell } from './notebook.js';

interface DifferenceViewProps {
  before: readonly NotebookCell[];
  after: readonly NotebookCell[];
  difference: NotebookDifference;
}
type Entry =
  { kind: 'unchanged'; cells: { after: number; outputs: boolean }[] } | { kind: 'change'; change: CellChange };

/** Changes drawn at once. */
const entriesAtOnce = 60;
const foldedAtOnce = 50;

const entriesOf = (changes: readonly CellChange[]): Entry[] => {
  const entries: Entry[] = [];
  for (const change of changes) {
    const last = entries[entries.length - 1];
    if (change.kind !== 'same' && !(change.kind === 'changed' && change.source === null))
      entries.push({ kind: 'change', change });
    else {
      const cell = { after: change.after, outputs: change.kind === 'changed' };
      if (last?.kind === 'unchanged') last.cells.push(cell);
      else entries.push({ kind: 'unchanged', cells: [cell] });
    }
  }
  return entries;
};

export function differenceWords({ added, removed, changed }: NotebookDifference): string {
  const parts = [
    changed > 0 ? `${count(changed, 'cell')} changed` : '',
    added > 0 ? `${String(added)} added` : '',
    removed > 0 ? `${String(removed)} removed` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'No cell changed' : parts.join(', ');
}

export function DifferenceView({ before, after, difference }: DifferenceViewProps) {
  const entries = useMemo(() => entriesOf(difference.cells), [difference]);
  const [shown, setShown] = useState(entriesAtOnce);
  const list = useRef<HTMLDivElement>(null);
  const changes = difference.added + difference.removed + difference.changed;
  const walk = (by: 1 | -1): void => {
    const all = [...(list.current?.querySelectorAll<HTMLElement>('section.cell-change') ?? [])];
    const here = all.findIndex((one) => one.contains(document.activeElement));
    const next = all[here < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, here + by))];
    next?.focus();
    next?.scrollIntoView({ block: 'nearest' });
  };
  return (
    <>
      <div className="row wrap diff-head">
        <b className="grow" role="status">
          {differenceWords(difference)}
        </b>
        {changes > 1 && (
          <>
            <button type="button" className="btn small" onClick={() => walk(-1)}>
              Change before
            </button>
            <button type="button" className="btn small" onClick={() => walk(1)}>
              Next change
            </button>
          </>
        )}
      </div>
      <div
        className="nb"
        ref={list}
        onKeyDown={(event) => {
          const by = event.key === 'n' ? 1 : event.key === 'p' ? -1 : 0;
          if (by === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
          event.preventDefault();
          walk(by);
        }}
      >
        {entries
          .slice(0, shown)
          .map((entry, index) =>
            entry.kind === 'unchanged' ? (
              <Unchanged key={index} cells={entry.cells} after={after} />
            ) : (
              <Change key={index} change={entry.change} before={before} after={after} />
            ),
          )}
        {entries.length > shown && (
          <p>
            <button type="button" className="btn" onClick={() => setShown(shown + entriesAtOnce)}>
              Show more changes, {count(entries.length - shown, 'entry', 'entries')} left
            </button>
          </p>
        )}
      </div>
    </>
  );
}

function Unchanged({ cells, after }: { cells: { after: number; outputs: boolean }[]; after: readonly NotebookCell[] }) {
  const [open, setOpen] = useState(false);
  const other = cells.filter((one) => one.outputs).length;
  return (
    <div className="unchanged">
      <button type="button" className="btn quiet small" aria-expanded={open} onClick={() => setOpen(!open)}>
        {count(cells.length, 'cell')} unchanged{other > 0 && `, ${String(other)} with other output`}
      </button>
      {open &&
        cells.slice(0, foldedAtOnce).map((one) => {
          const cell = after[one.after];
          return cell && <CellView key={one.after} cell={cell} n={one.after + 1} />;
        })}
      {open && cells.length > foldedAtOnce && (
        <p className="q3 sm">The first {foldedAtOnce}; open the notebook itself to see all.</p>
      )}
    </div>
  );
}

function Change({ change, before, after }: { change: CellChange } & Omit<DifferenceViewProps, 'difference'>) {
  const old = change.kind === 'added' ? undefined : before[change.before];
  const now = change.kind === 'removed' ? undefined : after[change.after];
  const shown = now ?? old;
  if (!shown) return null;
  const n = (change.kind === 'removed' ? change.before : change.after) + 1;
  const title = `Cell ${String(n)} ${change.kind}`;
  return (
    <section className={`cell-change ${change.kind}`} aria-label={title} tabIndex={-1}>
      <p className="sm q2">
        Cell {n}
        {shown.kind !== 'code' && `, ${shown.kind}`} <b className={`how ${change.kind}`}>{change.kind}</b>
        {old && now && old.kind !== now.kind && `, was ${old.kind}`}
      </p>
      {change.kind === 'changed' && change.source ? (
        <LineView difference={change.source} name={title} />
      ) : (
        <div className={`whole ${change.kind}`}>
          <CodeView
            source={shown.source.length > 20_000 ? `${shown.source.slice(0, 20_000)}\n…` : shown.source}
            name={title}
            language={shown.kind === 'code' ? 'python' : 'plain'}
            numbered={false}
          />
        </div>
      )}
      {now && now.outputs.length > 0 && (
        <details className="value-parts">
          <summary>
            {count(now.outputs.length, 'output')}
            {change.kind === 'changed' && change.outputs && ', other than before'}
          </summary>
          <Outputs outputs={now.outputs} n={n} />
        </details>
      )}
    </section>
  );
}
