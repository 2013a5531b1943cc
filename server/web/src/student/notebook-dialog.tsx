import { useEffect, useMemo, useState } from 'react';
import type { CheckpointChange } from '@nbpulse/schema/wire';
import { apiUrl } from '../address.js';
import { readCheckpoint } from '../api/labs.js';
import type { Answer } from '../api/request.js';
import { useLab } from '../class/lab-context.js';
import { Dialog } from '../shell/dialog.js';
import { Failed, Loading } from '../shell/states.js';
import { size } from '../shell/time.js';
import '../styles/values.css';
import { CodeView } from '../values/code-view.js';
import { AnsiText } from '../values/traceback.js';
import { Markdown } from './markdown.js';
import { notebookOf, type NotebookCell } from './notebook.js';

interface NotebookDialogProps {
  lab: string;
  checkpoint: CheckpointChange;
  who: string;
  onClose: () => void;
}

/** A stored notebook, readable: Markdown, code, and outputs as text and pictures. Nothing in it runs. */
export function NotebookDialog({ lab, checkpoint, who, onClose }: NotebookDialogProps) {
  const { time } = useLab();
  const [answer, setAnswer] = useState<Answer<string> | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    readCheckpoint(lab, checkpoint.id, abort.signal)
      .then(setAnswer)
      .catch(() => undefined); // aborted: closed again
    return () => abort.abort();
  }, [lab, checkpoint.id]);
  const cells = useMemo(() => (answer?.ok === true ? notebookOf(answer.value) : null), [answer]);
  return (
    <Dialog title={`${who}, ${time.full(Date.parse(checkpoint.madeAt))}`} onClose={onClose} className="notebook-dialog">
      <p className="q3 sm row wrap">
        <span>
          Checkpoint, {size(checkpoint.bytes)}, sha256 <span className="mono">{checkpoint.sha256.slice(0, 12)}…</span>
        </span>
        <a
          href={apiUrl(`labs/${encodeURIComponent(lab)}/checkpoints/${encodeURIComponent(checkpoint.id)}/notebook`)}
          download={`${who}.ipynb`}
        >
          Download
        </a>
      </p>
      {answer === null ? (
        <Loading words="Loading the notebook" />
      ) : !answer.ok ? (
        <Failed part="This notebook" failure={answer.failure} />
      ) : cells === null ? (
        <p className="q2">
          This file is stored as it was sent, but it cannot be read as a notebook. Download it to see what it is.
        </p>
      ) : (
        <div className="nb">
          {cells.length === 0 && <p className="q2">This notebook has no cells.</p>}
          {cells.map((cell, index) => (
            <CellView key={index} cell={cell} n={index + 1} />
          ))}
        </div>
      )}
      <div className="foot">
        <button type="button" className="btn" onClick={(event) => event.currentTarget.closest('dialog')?.close()}>
          Close
        </button>
      </div>
    </Dialog>
  );
}

function CellView({ cell, n }: { cell: NotebookCell; n: number }) {
  if (cell.kind === 'markdown') return <Markdown text={cell.source} />;
  if (cell.kind === 'raw')
    return <CodeView source={cell.source} name={`Raw cell ${String(n)}`} language="plain" numbered={false} />;
  return (
    <div className="nb-cell">
      <span className="xs q3 in">[{cell.count ?? ' '}]</span>
      <div>
        <CodeView source={cell.source} name={`Code cell ${String(n)}`} numbered={false} />
        {cell.outputs.map((output, index) =>
          output.kind === 'text' ? (
            <div key={index} className={`nb-out ${output.wrong ? 'wrong' : ''}`}>
              <AnsiText text={output.text} name={`Output of cell ${String(n)}`} />
            </div>
          ) : output.kind === 'picture' ? (
            <img
              key={index}
              className="picture"
              alt={`Output of cell ${String(n)}`}
              src={`data:${output.mime};base64,${output.b64}`}
            />
          ) : (
            <p key={index} className="q3 sm">
              {output.mime}: not shown here
            </p>
          ),
        )}
      </div>
    </div>
  );
}
