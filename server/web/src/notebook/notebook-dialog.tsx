import { useEffect, useMemo, useState, type ReactNode } from 'react';
import type { Answer } from '../api/request.js';
import { Dialog } from '../shell/dialog.js';
import { DialogFoot } from '../shell/dialog-foot.js';
import { Failed, Loading } from '../shell/states.js';
import '../styles/notebook.css';
import '../styles/values.css';
import { CellList } from './cell-list.js';
import { notebookOf } from './notebook.js';

interface NotebookDialogProps {
  title: string;
  /** Size and hash, and the way to download it. */
  about: ReactNode;
  /** Asks for the file. Keeps its identity as long as the file is the same. */
  read: (signal: AbortSignal) => Promise<Answer<string>>;
  onClose: () => void;
}

/** A stored notebook, readable: Markdown, code, and outputs as text and pictures. Nothing in it runs. */
export function NotebookDialog({ title, about, read, onClose }: NotebookDialogProps) {
  const [answer, setAnswer] = useState<Answer<string> | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    read(abort.signal)
      .then(setAnswer)
      .catch(() => undefined); // aborted: closed again
    return () => abort.abort();
  }, [read]);
  const cells = useMemo(() => (answer?.ok === true ? notebookOf(answer.value) : null), [answer]);
  return (
    <Dialog title={title} onClose={onClose} className="notebook-dialog">
      <div className="q3 sm row wrap">{about}</div>
      {answer === null ? (
        <Loading words="Loading the notebook" />
      ) : !answer.ok ? (
        <Failed part="This notebook" failure={answer.failure} />
      ) : cells === null ? (
        <p className="q2">
          This file is stored as it was sent, but it cannot be read as a notebook. Download it to see what it is.
        </p>
      ) : (
        <CellList cells={cells} />
      )}
      <DialogFoot leave="Close" />
    </Dialog>
  );
}
