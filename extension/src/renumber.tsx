/**
 * "Renumber send lines": shows the difference first, then changes the notebook: one change per cell, each of which Undo takes
 * back in its cell.
 */
import { Dialog, ReactWidget, showDialog } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import * as React from 'react';
import { plural } from './panel/words.js';
import { planNumbers, type NumberPlan } from './send-lines/index.js';

type ChangedKey = NumberPlan['changes'][number];

export async function renumber(panel: NotebookPanel): Promise<void> {
  const { model } = panel.content;
  if (!model) return;
  const sourceOf = (index: number): string | null => {
    const cell = model.cells.get(index);
    return cell.type === 'code' ? cell.sharedModel.getSource() : null;
  };
  const sources = Array.from({ length: model.cells.length }, (_, index) => sourceOf(index));
  const plan = planNumbers(sources);
  const isNeeded = plan.changes.length > 0 && !model.readOnly;
  const answer = await showDialog({
    title: 'Renumber send lines',
    body: new Difference(plan, sources, model.readOnly),
    buttons: isNeeded
      ? [Dialog.cancelButton(), Dialog.okButton({ label: 'Renumber' })]
      : [Dialog.okButton({ label: 'Close' })],
  });
  if (!isNeeded || !answer.button.accept) return;
  for (const [index, source] of plan.sources) {
    // Somebody else may have typed meanwhile (a shared notebook): such a cell is left as it is now.
    if (index < model.cells.length && sourceOf(index) === sources[index])
      replaceEnds(model.cells.get(index).sharedModel, source);
  }
}

/** Only what differs is replaced, so that a cursor in the cell stays where it is. */
function replaceEnds(
  cell: { getSource(): string; updateSource(start: number, end: number, text: string): void },
  next: string,
): void {
  const now = cell.getSource();
  let start = 0;
  while (start < now.length && start < next.length && now[start] === next[start]) start += 1;
  let same = 0;
  const most = Math.min(now.length, next.length) - start;
  while (same < most && now.at(-1 - same) === next.at(-1 - same)) same += 1;
  cell.updateSource(start, now.length - same, next.slice(start, next.length - same));
}

class Difference extends ReactWidget {
  constructor(
    private readonly plan: NumberPlan,
    private readonly sources: (string | null)[],
    private readonly isReadOnly: boolean,
  ) {
    super();
    this.addClass('nbp-Renumber');
  }

  protected override render(): React.ReactElement {
    const { changes, left, sources } = this.plan;
    return (
      <>
        <p>
          {changes.length === 0
            ? left.length === 0 && this.sources.every((source) => !source?.includes('send'))
              ? 'This notebook has no send lines.'
              : 'The send lines are numbered 1, 2, 3 … in the order of the cells already.'
            : this.isReadOnly
              ? 'This notebook is read-only, so nothing is changed. Save a copy of it first.'
              : `${plural(changes.length, 'number')} in ${plural(sources.size, 'cell')} would change. Equal numbers stay equal; Undo takes it back, cell by cell.`}
        </p>
        {changes.length === 0 ? null : (
          <ul aria-label="Changes" tabIndex={0}>
            {[...sources.keys()].map((cell) => (
              <Cell
                key={cell}
                cell={cell}
                source={this.sources[cell] ?? ''}
                next={sources.get(cell) ?? ''}
                changes={changes.filter((change) => change.cell === cell)}
              />
            ))}
          </ul>
        )}
        {left.length === 0 ? null : (
          <p className="nbp-Renumber-left">
            {plural(left.length, 'send line')} {left.length === 1 ? 'stays' : 'stay'} as{' '}
            {left.length === 1 ? 'it is' : 'they are'}:{' '}
            {left
              .slice(0, 8)
              .map(
                ({ cell, line, key }) =>
                  `cell ${cell + 1}, line ${line}${key === '' ? ' (no question)' : ` (${key.slice(0, 40)})`}`,
              )
              .join('; ')}
            {left.length > 8 ? ` and ${left.length - 8} more` : ''}. Only numbers, and texts that begin with one, are
            renumbered.
          </p>
        )}
      </>
    );
  }
}

/** The lines of one cell that change: before, after. */
function Cell(props: { cell: number; source: string; next: string; changes: ChangedKey[] }): React.ReactElement {
  const [before, after] = [props.source.split('\n'), props.next.split('\n')];
  const lines = [...new Set(props.changes.map(({ line }) => line))];
  return (
    <li>
      <small>Cell {props.cell + 1}</small>
      {lines.map((line) => {
        const changes = props.changes.filter((change) => change.line === line);
        return (
          <React.Fragment key={line}>
            <del>
              <Marked text={(before[line - 1] ?? '').trim()} keys={changes.map((change) => change.before)} />
            </del>
            <ins>
              <Marked text={(after[line - 1] ?? '').trim()} keys={changes.map((change) => change.after)} />
            </ins>
          </React.Fragment>
        );
      })}
    </li>
  );
}

/** A line with its keys marked, in their order from the right: a value may hold the same text before its key. */
function Marked(props: { text: string; keys: string[] }): React.ReactElement {
  const parts: React.ReactNode[] = [];
  let rest = props.text;
  for (const key of [...props.keys].reverse()) {
    const at = rest.lastIndexOf(key);
    if (at < 0) continue;
    parts.unshift(<mark key={parts.length}>{key}</mark>, rest.slice(at + key.length));
    rest = rest.slice(0, at);
  }
  return (
    <>
      {rest}
      {parts}
    </>
  );
}
