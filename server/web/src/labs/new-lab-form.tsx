import { useState, type FormEvent } from 'react';
import { labCreate, type LabView } from '@nbpulse/schema/wire';
import { changeLab, createLab } from '../api/labs.js';
import { Field } from '../shell/field.js';

interface NewLabFormProps {
  course: string;
  onMade: (lab: LabView) => void;
  onClose: () => void;
}

/** `1 load the data` → key `1`, title `load the data`. One question per line; none is fine, `send` makes them. */
export function questionsIn(text: string): { key: string; title?: string }[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [, key = line, title] = /^(\S+)\s+(.+)$/.exec(line) ?? [];
      return title === undefined ? { key } : { key, title };
    });
}

export function NewLabForm({ course, onMade, onClose }: NewLabFormProps) {
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [lines, setLines] = useState('');
  const [wrong, setWrong] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);

  const make = async (open: boolean): Promise<void> => {
    const parsed = labCreate.safeParse({ name, description, questions: questionsIn(lines) });
    if (!parsed.success) {
      const words: Record<string, string> = {};
      for (const { path, message } of parsed.error.issues) {
        const line = path[0] === 'questions' && typeof path[1] === 'number' ? `Line ${String(path[1] + 1)}: ` : '';
        words[String(path[0] ?? 'name')] ??= `${line}${message}`;
      }
      setWrong(words);
      return;
    }
    setBusy(true);
    setWrong({});
    const made = await createLab(course, parsed.data);
    if (!made.ok) {
      setBusy(false);
      const { fields, message } = made.failure;
      setWrong(fields && Object.keys(fields).length > 0 ? fields : { name: message });
      return;
    }
    if (!open) {
      onMade(made.value);
      return;
    }
    const opened = await changeLab(made.value.id, { status: 'open' });
    onMade({ ...made.value, status: opened.ok ? 'open' : made.value.status });
  };
  return (
    <form
      className="panel side-form"
      id="new-lab"
      aria-labelledby="new-lab-title"
      noValidate
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        void make(true);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <h2 id="new-lab-title">New lab</h2>
      <Field
        label="Name"
        autoFocus
        value={name}
        placeholder="Lab 4 · k-means"
        wrong={wrong['name']}
        onChange={(event) => setName(event.target.value)}
      />
      <div className="fl">
        <label className="lab" htmlFor="new-lab-about">
          What it is about <span className="q3">students see it before they join</span>
        </label>
        <textarea
          id="new-lab-about"
          className="field"
          rows={2}
          value={description}
          onChange={(event) => setDescription(event.target.value)}
        />
        {wrong['description'] !== undefined && <p className="err">{wrong['description']}</p>}
      </div>
      <div className="fl">
        <label className="lab" htmlFor="new-lab-questions">
          Questions, one per line <span className="q3">optional: the first send of a key makes it</span>
        </label>
        <textarea
          id="new-lab-questions"
          className="field lab-keys"
          rows={6}
          placeholder={'1 shape of X\n2 column to drop\n3a manhattan()'}
          value={lines}
          onChange={(event) => setLines(event.target.value)}
        />
        {wrong['questions'] !== undefined && <p className="err">{wrong['questions']}</p>}
      </div>
      <div className="row wrap" style={{ justifyContent: 'flex-end' }}>
        <button type="button" className="btn quiet" onClick={onClose}>
          Cancel
        </button>
        <span className="grow" />
        <button type="button" className="btn" disabled={busy} onClick={() => void make(false)}>
          Save draft
        </button>
        <button type="submit" className="btn main" disabled={busy}>
          {busy ? 'Opening' : 'Open now'}
        </button>
      </div>
    </form>
  );
}
