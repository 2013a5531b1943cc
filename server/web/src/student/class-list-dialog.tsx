/** Names of a class list, pasted: who joins by such a name becomes that student; who has not is *never opened*. */
import { useId, useMemo, useState, type FormEvent } from 'react';
import { addClassList } from '../api/labs.js';
import { useLab, useModel } from '../class/lab-context.js';
import { Dialog } from '../shell/dialog.js';
import { DialogFoot } from '../shell/dialog-foot.js';
import { count } from '../shell/time.js';
import { useToast } from '../shell/toast.js';
import { namesOf, nameKey } from './class-list-names.js';

const mostNames = 2_000;
const mostChars = 80;
const shownNames = 6;

export function ClassListDialog({ onClose }: { onClose: () => void }) {
  const { session } = useLab();
  const members = useModel((model) => model.members);
  const rows = useModel((model) => model.rows);
  const toast = useToast();
  const id = useId();
  const [text, setText] = useState('');
  const [wrong, setWrong] = useState<string>();
  const [busy, setBusy] = useState(false);
  const { names, column } = useMemo(() => namesOf(text), [text]);
  const { fresh, known } = useMemo(() => {
    const there = new Set(members.map((one) => nameKey(rows.get(one)?.participant.name ?? '')));
    const added = new Map<string, string>();
    for (const name of names) if (!there.has(nameKey(name))) added.set(nameKey(name), name);
    return { fresh: [...added.values()], known: names.length - added.size };
  }, [names, members, rows]);
  const tooLong = names.find((name) => [...name].length > mostChars);
  const problem =
    tooLong !== undefined
      ? `“${tooLong.slice(0, 40)}…” is longer than ${String(mostChars)} characters. Is it a name?`
      : names.length > mostNames
        ? `${count(names.length, 'name')}: at most ${mostNames.toLocaleString('en')} at once.`
        : wrong;

  const add = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (fresh.length === 0 || busy) return;
    setBusy(true);
    const answer = await addClassList(session.lab, fresh);
    setBusy(false);
    if (!answer.ok) {
      setWrong(Object.values(answer.failure.fields ?? {})[0] ?? answer.failure.message);
      return;
    }
    toast({
      words: `${count(answer.value.added, 'name')} added${answer.value.known > 0 ? `, ${String(answer.value.known)} known already` : ''}.`,
    });
    onClose();
  };

  return (
    <Dialog title="Class list" onClose={onClose}>
      <form onSubmit={(event) => void add(event)}>
        <p className="q2">
          Whoever joins by one of these names becomes that student. Until then the name stands in the class as{' '}
          <i>never opened</i>. Names that are there already stay as they are.
        </p>
        <div className="fl" style={{ marginTop: 12 }}>
          <label className="lab" htmlFor={id}>
            Names
          </label>
          <textarea
            id={id}
            className="field class-list-field"
            rows={10}
            autoFocus
            spellCheck={false}
            placeholder={'Ada Lovelace\nEmmy Noether'}
            value={text}
            aria-describedby={`${id}-says`}
            aria-invalid={problem !== undefined}
            onChange={(event) => {
              setText(event.target.value);
              setWrong(undefined);
            }}
          />
          <p className="q3 sm" style={{ marginTop: 4 }}>
            One per line, or a table copied from a spreadsheet or a CSV file with a heading <i>Name</i>.
          </p>
          <div id={`${id}-says`} role="status" style={{ marginTop: 8, minHeight: 40 }}>
            {problem !== undefined ? (
              <p className="err">{problem}</p>
            ) : (
              names.length > 0 && (
                <>
                  <p>
                    <b>{count(fresh.length, 'new name')}</b>
                    {known > 0 && <span className="q3">, {known} known already or twice in the list</span>}
                    {column !== null && <span className="q3">, from {column}</span>}
                  </p>
                  {fresh.length > 0 && (
                    <p className="q2 sm" style={{ overflowWrap: 'anywhere' }}>
                      {fresh.slice(0, shownNames).join(' · ')}
                      {fresh.length > shownNames && ` · and ${String(fresh.length - shownNames)} more`}
                    </p>
                  )}
                </>
              )
            )}
          </div>
        </div>
        <DialogFoot leave="Cancel">
          <button
            type="submit"
            className="btn main"
            disabled={busy || fresh.length === 0 || problem !== undefined}
            title={fresh.length === 0 ? 'Paste names first' : undefined}
          >
            {busy ? 'Adding' : fresh.length === 0 ? 'Add' : `Add ${count(fresh.length, 'name')}`}
          </button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
