import { useId, useState, type DragEvent } from 'react';
import { Icon } from '../shell/icons.js';

interface NotebookDropProps {
  /** What is asked for, such as "the solution". */
  what: string;
  /** Small, beside a run that is there already. */
  again: boolean;
  busy: boolean;
  onFile: (file: File) => void;
}

/** Takes one notebook, dropped or picked. */
export function NotebookDrop({ what, again, busy, onFile }: NotebookDropProps) {
  const id = useId();
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    const [file] = event.dataTransfer.files;
    if (file && !busy) onFile(file);
  };
  const holdsFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes('Files');
  return (
    <div
      className={`nb-drop${over ? ' over' : ''}${again ? ' again' : ''}`}
      onDragOver={(event) => {
        if (!holdsFiles(event)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <input
        id={id}
        type="file"
        className="vh"
        accept=".ipynb"
        disabled={busy}
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          if (file) onFile(file);
          event.target.value = '';
        }}
      />
      <label className="btn" htmlFor={id} aria-disabled={busy}>
        <Icon name={again ? 'redo' : 'drop'} />
        {busy ? 'Sending' : again ? 'Another notebook…' : `Choose ${what}…`}
      </label>
      {!again && <span className="q3 sm">or drop the .ipynb here</span>}
    </div>
  );
}
