/** Ways to a stored notebook: read it here, or take the file. */
import { lazy, Suspense, useState } from 'react';
import type { Answer } from '../api/request.js';
import { useToast } from '../shell/toast.js';
import { saveFile } from '../shell/save-file.js';

const NotebookDialog = lazy(() =>
  import('./notebook-dialog.js').then((module) => ({ default: module.NotebookDialog })),
);

interface StoredNotebookProps {
  /** `Checkpoint of Fri 21 Nov, 14:02` */
  title: string;
  about: string;
  filename: string;
  read: (signal?: AbortSignal) => Promise<Answer<string>>;
}

export function StoredNotebook({ title, about, filename, read }: StoredNotebookProps) {
  const [open, setOpen] = useState(false);
  const toast = useToast();
  const save = (): void => {
    void read().then((answer) => {
      if (answer.ok) saveFile(new Blob([answer.value], { type: 'application/x-ipynb+json' }), filename);
      else toast({ words: answer.failure.message, wrong: true });
    });
  };
  return (
    <span className="row">
      <button type="button" className="btn small" aria-label={`Open: ${title}`} onClick={() => setOpen(true)}>
        Open
      </button>
      <button type="button" className="btn quiet small" aria-label={`Download: ${title}`} onClick={save}>
        Download
      </button>
      {open && (
        <Suspense fallback={null}>
          <NotebookDialog title={title} about={<span>{about}</span>} read={read} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </span>
  );
}
