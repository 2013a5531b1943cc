/** One button erases a person everywhere in the course: it says what goes, and asks for the name. */
import { useCallback, useEffect, useState, type FormEvent } from 'react';
import type { ErasePreview } from '@nbpulse/schema/wire';
import { eraseParticipant, readErasePreview } from '../api/labs.js';
import type { Failure } from '../api/request.js';
import { useLab } from '../class/lab-context.js';
import { Dialog } from '../shell/dialog.js';
import { DialogFoot } from '../shell/dialog-foot.js';
import { Field } from '../shell/field.js';
import { Failed, Loading } from '../shell/states.js';
import { count } from '../shell/time.js';
import '../styles/settings.css';

interface EraseDialogProps {
  participant: string;
  name: string;
  onClose: () => void;
}

export function EraseDialog({ participant, name, onClose }: EraseDialogProps) {
  const { session } = useLab();
  const [preview, setPreview] = useState<ErasePreview | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [round, setRound] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    readErasePreview(session.lab, participant, abort.signal)
      .then((answer) => {
        if (answer.ok) setPreview(answer.value);
        else setFailure(answer.failure);
      })
      .catch(() => undefined); // aborted: closed again
    return () => abort.abort();
  }, [session.lab, participant, round]);
  const again = useCallback(() => {
    setFailure(null);
    setRound((before) => before + 1);
  }, []);
  return (
    <Dialog title={`Erase ${name}?`} onClose={onClose}>
      {preview ? (
        <EraseForm participant={participant} preview={preview} onClose={onClose} />
      ) : (
        <>
          {failure ? (
            <Failed part="What would be erased" failure={failure} again={again} />
          ) : (
            <Loading words="Looking what would be erased" lines={4} />
          )}
          <DialogFoot leave="Keep" />
        </>
      )}
    </Dialog>
  );
}

const sameName = (a: string, b: string): boolean => {
  const folded = (name: string): string => name.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
  return folded(a) === folded(b);
};

function EraseForm({
  participant,
  preview,
  onClose,
}: {
  participant: string;
  preview: ErasePreview;
  onClose: () => void;
}) {
  const { session, time } = useLab();
  const others = preview.participants.filter((one) => one.participant !== participant);
  const [also, setAlso] = useState<ReadonlySet<string>>(() => new Set(others.map((one) => one.participant)));
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState<string>();
  const [busy, setBusy] = useState(false);
  const going = preview.participants.filter((one) => one.participant === participant || also.has(one.participant));
  const sum = (of: 'records' | 'submissions'): number => going.reduce((n, one) => n + one[of], 0);
  const same = sameName(typed, preview.name);
  const erase = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (!same) return;
    setBusy(true);
    const answer = await eraseParticipant(session.lab, participant, { name: typed, also: [...also] });
    setBusy(false);
    if (answer.ok) onClose();
    else setWrong(answer.failure.message);
  };
  return (
    <form onSubmit={(event) => void erase(event)}>
      <p className="q2">
        The name, {count(sum('records'), 'record')}, {count(sum('submissions'), 'submission')}, checkpoints, grades and
        devices go for good{others.length > 0 ? ', in every lab chosen below' : ''}. This cannot be undone, and students
        keep only what is on their own computers.
      </p>
      {others.length > 0 && (
        <fieldset className="fl erase-others" style={{ marginTop: 12 }}>
          <legend className="q2 sm">
            Others of this name in the course; joining proves nobody’s identity. The same person?
          </legend>
          {others.map((one) => (
            <label className="row" key={one.participant}>
              <input
                type="checkbox"
                checked={also.has(one.participant)}
                onChange={(event) => {
                  const next = new Set(also);
                  if (event.target.checked) next.add(one.participant);
                  else next.delete(one.participant);
                  setAlso(next);
                }}
              />
              <span className="grow">
                {one.labName}{' '}
                <span className="q3 sm">
                  joined {time.date(Date.parse(one.joinedAt))}, {count(one.records, 'record')}
                </span>
              </span>
            </label>
          ))}
        </fieldset>
      )}
      <div style={{ marginTop: 14 }}>
        <Field
          label={`Type the name to confirm: ${preview.name}`}
          autoComplete="off"
          autoFocus
          value={typed}
          wrong={wrong}
          onChange={(event) => setTyped(event.target.value)}
        />
      </div>
      <DialogFoot leave="Keep">
        <button
          type="submit"
          className="btn stop"
          disabled={!same || busy}
          title={same ? undefined : 'Type the name first'}
        >
          {busy ? 'Erasing' : 'Erase for good'}
        </button>
      </DialogFoot>
    </form>
  );
}
