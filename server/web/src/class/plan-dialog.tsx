import { useState, type FormEvent } from 'react';
import type { Failure } from '../api/request.js';
import { changePlan } from '../api/labs.js';
import { Dialog } from '../shell/dialog.js';
import { DialogFoot } from '../shell/dialog-foot.js';
import { Icon } from '../shell/icons.js';
import { useToast } from '../shell/toast.js';
import { Wrong } from '../shell/wrong.js';
import { useLab, useModel } from './lab-context.js';

interface Line {
  /** For React; keys of new lines change while they are typed. */
  id: number;
  key: string;
  title: string;
  minutes: string;
  isNew: boolean;
}
const mostMinutes = 1_440;
const minutesOf = (text: string): number | null => {
  const n = Number(text);
  return text.trim() !== '' && Number.isInteger(n) && n >= 1 && n <= mostMinutes ? n : null;
};

/** What is wrong with a line, in words; null when nothing is. */
export function lineProblem(line: Pick<Line, 'key' | 'minutes'>, keys: readonly string[]): string | null {
  const key = line.key.trim();
  if (key === '') return 'A question has a key, such as 3b.';
  if (keys.filter((one) => one.trim() === key).length > 1) return `“${key}” is there twice.`;
  if (line.minutes.trim() !== '' && minutesOf(line.minutes) === null)
    return `Minutes are a whole number from 1 to ${String(mostMinutes)}, or empty.`;
  return null;
}

/** The plan: questions in order, with a title and the minutes meant for each. */
export function PlanDialog({ onClose }: { onClose: () => void }) {
  const { session, time } = useLab();
  const toast = useToast();
  const questions = useModel((model) => model.questions);
  const openedAt = useModel((model) => model.lab.openedAt);
  const [lines, setLines] = useState<Line[]>(() =>
    questions.map(({ key, title, targetMinutes }, id) => ({
      id,
      key,
      title: title ?? '',
      minutes: targetMinutes === null ? '' : String(targetMinutes),
      isNew: false,
    })),
  );
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const keys = lines.map((line) => line.key);
  const total = lines.reduce((sum, line) => sum + (minutesOf(line.minutes) ?? 0), 0);
  const change = (id: number, over: Partial<Line>): void =>
    setLines(lines.map((line) => (line.id === id ? { ...line, ...over } : line)));
  const add = (): void =>
    setLines([
      ...lines,
      { id: lines.reduce((most, { id }) => Math.max(most, id + 1), 0), key: '', title: '', minutes: '', isNew: true },
    ]);
  const before = questions.map(({ key, title, targetMinutes }) => ({ key, title, targetMinutes }));
  const save = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    setTried(true);
    if (lines.some((line) => lineProblem(line, keys) !== null)) return;
    const dialog = event.currentTarget.closest('dialog');
    setBusy(true);
    const answer = await changePlan(session.lab, {
      questions: lines.map((line) => ({
        key: line.key.trim(),
        title: line.title.trim() === '' ? null : line.title.trim(),
        targetMinutes: minutesOf(line.minutes),
      })),
    });
    setBusy(false);
    if (!answer.ok) {
      setFailure(answer.failure);
      return;
    }
    dialog?.close();
    toast({
      words: total === 0 ? 'The lab has no plan now.' : `The plan takes ${String(total)} min.`,
      undo: () => void changePlan(session.lab, { questions: before }),
    });
  };
  const passed = lines.map((_, at) =>
    lines.slice(0, at + 1).reduce((sum, line) => sum + (minutesOf(line.minutes) ?? 0), 0),
  );
  return (
    <Dialog title="Plan" onClose={onClose} className="plan-dialog">
      <p className="q2 sm">
        Minutes for each question, in order. The class page draws where the plan says the class would be, and says how
        far behind it is. Students do not see it.
      </p>
      <form onSubmit={(event) => void save(event)} noValidate>
        <div className="plan-lines" role="group" aria-label="Questions">
          <div className="plan-line q3 xs" aria-hidden="true">
            <span>Question</span>
            <span>Title</span>
            <span>Minutes</span>
            <span>Due</span>
          </div>
          {lines.map((line, at) => {
            const minutes = minutesOf(line.minutes);
            const due = passed[at] ?? 0;
            const problem = tried ? lineProblem(line, keys) : null;
            const name = line.key.trim() === '' ? 'the new question' : line.key;
            return (
              <div key={line.id}>
                <div className="plan-line">
                  {line.isNew ? (
                    <input
                      className="field mono"
                      aria-label="Key of the new question"
                      autoFocus
                      value={line.key}
                      maxLength={64}
                      aria-invalid={problem !== null}
                      onChange={(event) => change(line.id, { key: event.target.value })}
                    />
                  ) : (
                    <span className="qk">{line.key}</span>
                  )}
                  <input
                    className="field"
                    aria-label={`Title of ${name}`}
                    value={line.title}
                    maxLength={200}
                    onChange={(event) => change(line.id, { title: event.target.value })}
                  />
                  <input
                    className="field num"
                    aria-label={`Minutes for ${name}`}
                    inputMode="numeric"
                    value={line.minutes}
                    aria-invalid={problem !== null}
                    onChange={(event) => change(line.id, { minutes: event.target.value })}
                  />
                  <span className="q3 sm num">
                    {minutes === null
                      ? '–'
                      : openedAt === null
                        ? `+${String(due)}`
                        : time.short(Date.parse(openedAt) + due * 60_000)}
                  </span>
                </div>
                <Wrong words={problem} />
              </div>
            );
          })}
        </div>
        <div className="row" style={{ marginTop: 8 }}>
          <button type="button" className="btn quiet small" onClick={add}>
            <Icon name="plus" />
            Add a question
          </button>
          <span className="grow" />
          <span className="sm">
            Total <b>{total} min</b>
          </span>
        </div>
        <DialogFoot wrong={failure?.message} leave="Cancel">
          <button type="submit" className="btn main" disabled={busy}>
            {busy ? 'Saving' : 'Save the plan'}
          </button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
