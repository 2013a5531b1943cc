/** A checkpoint of a student: the notebook as it was, and what changed between any two of them. */
import { useCallback, useEffect, useId, useState } from 'react';
import type { CheckpointChange } from '@nbpulse/schema/wire';
import { apiUrl } from '../address.js';
import { readCheckpoint } from '../api/labs.js';
import type { Failure } from '../api/request.js';
import { useLab } from '../class/lab-context.js';
import { CellList } from '../notebook/cell-list.js';
import { compareNotebooks } from '../notebook/compare.js';
import type { Comparison } from '../notebook/difference-worker.js';
import { DifferenceView } from '../notebook/difference-view.js';
import { Dialog } from '../shell/dialog.js';
import { DialogFoot } from '../shell/dialog-foot.js';
import { Failed, Loading } from '../shell/states.js';
import { size } from '../shell/time.js';
import '../styles/notebook.css';
import '../styles/values.css';

interface CheckpointDialogProps {
  /** All of this student's, oldest first. */
  checkpoints: readonly CheckpointChange[];
  /** The one that was opened. */
  opened: string;
  who: string;
  onClose: () => void;
}

export function CheckpointDialog({ checkpoints, opened, who, onClose }: CheckpointDialogProps) {
  const { session, time } = useLab();
  const at = Math.max(
    0,
    checkpoints.findIndex((one) => one.id === opened),
  );
  const [newer, setNewer] = useState(opened);
  const [older, setOlder] = useState(checkpoints[at - 1]?.id ?? null);
  const [view, setView] = useState<'changes' | 'notebook'>(at > 0 ? 'changes' : 'notebook');
  const ids = { newer: useId(), older: useId() };
  const shown = checkpoints.find((one) => one.id === newer);
  if (!shown) return null;
  const others = checkpoints.filter((one) => one.id !== newer);
  const against = others.find((one) => one.id === older) ?? others[0];
  const [before, after] =
    against && Date.parse(against.madeAt) > Date.parse(shown.madeAt) ? [shown, against] : [against, shown];
  const number = (one: CheckpointChange): number => checkpoints.indexOf(one) + 1;
  const words = (one: CheckpointChange): string =>
    `Checkpoint ${String(number(one))}, ${time.short(Date.parse(one.madeAt))}`;
  return (
    <Dialog
      title={`${who}, checkpoint ${String(number(shown))} of ${String(checkpoints.length)}`}
      onClose={onClose}
      className="notebook-dialog"
    >
      <div className="q3 sm row wrap">
        <span>
          {time.full(Date.parse(shown.madeAt))}, {size(shown.bytes)}, sha256{' '}
          <span className="mono">{shown.sha256.slice(0, 12)}…</span>
        </span>
        <a
          href={apiUrl(`labs/${encodeURIComponent(session.lab)}/checkpoints/${encodeURIComponent(shown.id)}/notebook`)}
          download={`${who}.ipynb`}
        >
          Download
        </a>
      </div>
      <div className="compare">
        {against && (
          <div className="seg" role="group" aria-label="What to show">
            <button type="button" aria-pressed={view === 'changes'} onClick={() => setView('changes')}>
              What changed
            </button>
            <button type="button" aria-pressed={view === 'notebook'} onClick={() => setView('notebook')}>
              The notebook
            </button>
          </div>
        )}
        <label className="vh" htmlFor={ids.newer}>
          Checkpoint
        </label>
        <select id={ids.newer} className="field" value={newer} onChange={(event) => setNewer(event.target.value)}>
          {checkpoints.map((one) => (
            <option key={one.id} value={one.id}>
              {words(one)}
            </option>
          ))}
        </select>
        {against && view === 'changes' && (
          <>
            <label className="q3" htmlFor={ids.older}>
              compared with
            </label>
            <select
              id={ids.older}
              className="field"
              value={against.id}
              onChange={(event) => setOlder(event.target.value)}
            >
              {others.map((one) => (
                <option key={one.id} value={one.id}>
                  {words(one)}
                  {number(one) === 1 ? ', the first' : ''}
                </option>
              ))}
            </select>
          </>
        )}
      </div>
      {before && view === 'changes' ? (
        <Changes key={`${before.id} ${after.id}`} before={before} after={after} />
      ) : (
        <Whole key={shown.id} checkpoint={shown} />
      )}
      <DialogFoot leave="Close" />
    </Dialog>
  );
}

/** Bytes are those of one stored file: once read, they stay as they are. */
type Outcome = { kind: 'failed'; failure: Failure } | { kind: 'too-long' } | Comparison;

function useComparison(before: string, after: string): Outcome | null {
  const { session } = useLab();
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const run = useCallback(
    async (signal: AbortSignal): Promise<Outcome> => {
      const [older, newer] = await Promise.all([before, after].map((one) => readCheckpoint(session.lab, one, signal)));
      for (const answer of [older, newer]) if (answer?.ok === false) return { kind: 'failed', failure: answer.failure };
      if (!older?.ok || !newer?.ok) return { kind: 'too-long' };
      return (await compareNotebooks({ before: older.value, after: newer.value }, signal)) ?? { kind: 'too-long' };
    },
    [session.lab, before, after],
  );
  useEffect(() => {
    const abort = new AbortController();
    run(abort.signal)
      .then((done) => {
        if (!abort.signal.aborted) setOutcome(done);
      })
      .catch(() => undefined); // aborted: another pair, or closed
    return () => abort.abort();
  }, [run]);
  return outcome;
}

function Changes({ before, after }: { before: CheckpointChange; after: CheckpointChange }) {
  const outcome = useComparison(before.id, after.id);
  if (outcome === null) return <Loading words="Comparing the notebooks" />;
  switch (outcome.kind) {
    case 'failed':
      return <Failed part="This comparison" failure={outcome.failure} />;
    case 'too-long':
      return (
        <p className="q2 says">
          These two are so large and so different that comparing them took too long. Look at each by itself, or download
          them.
        </p>
      );
    case 'unreadable':
      return (
        <p className="q2 says">
          The {outcome.which} file is stored as it was sent, but it cannot be read as a notebook. Download it to see
          what it is.
        </p>
      );
    case 'compared':
      return <DifferenceView before={outcome.before} after={outcome.after} difference={outcome.difference} />;
    default:
      return outcome satisfies never;
  }
}

/** Read as one compared with itself: in the worker, so that a large one does not hold the page up. */
function Whole({ checkpoint }: { checkpoint: CheckpointChange }) {
  const outcome = useComparison(checkpoint.id, checkpoint.id);
  if (outcome === null) return <Loading words="Loading the notebook" />;
  switch (outcome.kind) {
    case 'failed':
      return <Failed part="This notebook" failure={outcome.failure} />;
    case 'too-long':
      return <p className="q2 says">Reading this notebook took too long. Download it to see what it is.</p>;
    case 'unreadable':
      return (
        <p className="q2 says">
          This file is stored as it was sent, but it cannot be read as a notebook. Download it to see what it is.
        </p>
      );
    case 'compared':
      return <CellList cells={outcome.after} />;
    default:
      return outcome satisfies never;
  }
}
