/** What a question expects, in its head: seen, typed, judged while one types, saved, undone. */
import '../styles/expected.css';
import { useCallback, useId, useState } from 'react';
import { expectedJudged, type ExpectedAnswer, type ExpectedSetting } from '@nbpulse/schema/wire';
import { request } from '../api/request.js';
import { useLab, useModel } from '../class/lab-context.js';
import { SolutionDialog } from '../notebook-runs/solution-dialog.js';
import { Mark } from '../shell/marks.js';
import { Menu } from '../shell/menu.js';
import { useToast } from '../shell/toast.js';
import { useExpectedDraft } from './expected-draft.js';
import { typedOf, type Typed } from './typed.js';

const kinds: { kind: ExpectedAnswer['kind']; words: string; hint: string }[] = [
  { kind: 'value', words: 'value', hint: '35, "text", [1, 2]' },
  { kind: 'any-of', words: 'one of', hint: '2, 3, "none"' },
  { kind: 'pattern', words: 'pattern', hint: 'post ?codes?' },
  { kind: 'expression', words: 'expression', hint: '0 < x < 1' },
];

export function ExpectedBar({ question }: { question: string }) {
  const { teacher } = useLab();
  const set = useModel(
    useCallback((model) => model.questions.find(({ key }) => key === question)?.expected ?? null, [question]),
  );
  return teacher ? <Editor key={question} question={question} set={set} /> : <Seen set={set} />;
}

/** For assistants, who set nothing. */
function Seen({ set }: { set: ExpectedSetting | null }) {
  if (!set) return null;
  const typed = typedOf(set.answer);
  return (
    <p className="expect seen">
      <span className="q2 sm">Expected {kinds.find(({ kind }) => kind === typed.kind)?.words}</span>
      <span className="mono text">{typed.text}</span>
      {typed.tolerance !== '' && <span className="mono">± {typed.tolerance}</span>}
    </p>
  );
}

function Editor({ question, set }: { question: string; set: ExpectedSetting | null }) {
  const { session } = useLab();
  const toast = useToast();
  const id = useId();
  const draft = useExpectedDraft(question);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const [solution, setSolution] = useState(false);
  const { typed, changed, preview } = draft;
  const wrong = draft.wrong ?? refused;
  const change = (part: Partial<Typed>): void => {
    setRefused(null);
    draft.change({ ...typed, ...part });
  };
  const kind = kinds.find((one) => one.kind === typed.kind);
  const isCompared = typed.kind === 'value' || typed.kind === 'any-of';

  const send = async (setting: Pick<ExpectedSetting, 'answer' | 'from'> | null, said: string): Promise<void> => {
    setBusy(true);
    const path = `labs/${encodeURIComponent(session.lab)}/questions/${encodeURIComponent(question)}/expected`;
    const { answer, from } = setting ?? {};
    const done = await request(
      path,
      expectedJudged,
      setting === null ? { method: 'DELETE' } : { method: 'PUT', body: { answer, from } },
    );
    setBusy(false);
    if (!done.ok) {
      setRefused(done.failure.message);
      return;
    }
    setRefused(null);
    draft.leave();
    const { before, records } = done.value;
    const counts = setting === null ? '' : ` ${String(records.right)} right, ${String(records.wrong)} wrong.`;
    toast({ words: `${said}${counts}`, undo: () => void send(before, `Question ${question} is as it was.`) });
  };
  const save = (): void => {
    if (busy || !changed || draft.wrong !== null) return;
    if (draft.answer) void send({ answer: draft.answer, from: 'typed' }, 'Saved, all records judged.');
    else if (set) void send(null, `Question ${question} expects nothing now.`);
  };

  return (
    <form
      className="expect"
      aria-label={`Expected answer of question ${question}`}
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !changed) return;
        event.stopPropagation();
        setRefused(null);
        draft.leave();
      }}
    >
      <label htmlFor={`${id}-text`}>Expected</label>
      {typed.kind === 'pattern' && <span className="q3 mono">/</span>}
      <input
        id={`${id}-text`}
        className="field mono text"
        value={typed.text}
        placeholder={kind?.hint}
        autoComplete="off"
        spellCheck={false}
        aria-invalid={wrong !== null}
        aria-describedby={`${id}-says`}
        size={Math.min(32, Math.max(typed.kind === 'value' ? 10 : 18, typed.text.length + 1))}
        onChange={(event) => change({ text: event.target.value })}
      />
      {typed.kind === 'pattern' && <span className="q3 mono">/{typed.ignoreCase ? 'i' : ''}</span>}
      {isCompared && (
        <>
          <label htmlFor={`${id}-tolerance`} aria-label="Tolerance">
            ±
          </label>
          <input
            id={`${id}-tolerance`}
            className="field mono"
            value={typed.tolerance}
            placeholder="0"
            autoComplete="off"
            size={Math.min(16, Math.max(5, typed.tolerance.length + 1))}
            onChange={(event) => change({ tolerance: event.target.value })}
          />
        </>
      )}
      <Menu
        label={typed.exactType && isCompared ? `${kind?.words ?? ''}, same type` : kind?.words}
        name={`Kind of expected answer: ${kind?.words ?? ''}`}
        className="btn quiet small"
        side="right"
        items={[
          ...kinds.map((one) => ({
            words: one.words,
            chosen: one.kind === typed.kind,
            act: () => change({ kind: one.kind }),
          })),
          ...(isCompared || typed.kind === 'pattern' ? (['rule'] as const) : []),
          ...(isCompared
            ? [
                {
                  words: 'same type only: 2 is not 2.0',
                  chosen: typed.exactType,
                  act: () => change({ exactType: !typed.exactType }),
                },
              ]
            : []),
          ...(typed.kind === 'pattern'
            ? [
                {
                  words: 'upper and lower case are the same',
                  chosen: typed.ignoreCase,
                  act: () => change({ ignoreCase: !typed.ignoreCase }),
                },
              ]
            : []),
        ]}
      />
      {changed ? (
        <>
          <button type="submit" className="btn main small" disabled={busy || draft.wrong !== null}>
            Save<kbd>↵</kbd>
          </button>
          <button type="button" className="btn quiet small" onClick={draft.leave}>
            Leave<kbd>Esc</kbd>
          </button>
        </>
      ) : (
        <>
          <button type="button" className="btn quiet small" onClick={() => setSolution(true)}>
            From the solution
          </button>
          {set && (
            <button
              type="button"
              className="btn quiet small"
              disabled={busy}
              onClick={() => void send(null, `Question ${question} expects nothing now.`)}
            >
              Clear
            </button>
          )}
        </>
      )}
      <span className="says sm" id={`${id}-says`} role="status">
        {wrong !== null ? (
          <span className="wrong-words">
            <Mark name="wrong" size={14} /> {wrong}
          </span>
        ) : changed && preview ? (
          <>
            <Mark name="right" size={14} /> <b>{preview.latest.right}</b> right
            <Mark name="wrong" size={14} /> <b>{preview.latest.wrong}</b> wrong{' '}
            {preview.latest.unjudged > 0 && <span className="q3">{preview.latest.unjudged} not judged </span>}
            <span className="q3">not saved</span>
          </>
        ) : changed ? (
          <span className="q3">not saved</span>
        ) : set ? (
          <span className="q3">{setWords(set)}</span>
        ) : null}
      </span>
      <SolutionDialog open={solution} onClose={() => setSolution(false)} />
    </form>
  );
}

const setWords = ({ from, setBy }: ExpectedSetting): string =>
  from === 'solution' ? 'from the solution' : setBy === null ? '' : `set by ${setBy}`;
