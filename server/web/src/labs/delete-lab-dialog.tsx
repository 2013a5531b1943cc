import { useState, type FormEvent } from 'react';
import { joinCode, showJoinCode, type LabListItem } from '@nbpulse/schema/wire';
import { deleteLab } from '../api/labs.js';
import { Dialog } from '../shell/dialog.js';
import { DialogFoot } from '../shell/dialog-foot.js';
import { Field } from '../shell/field.js';
import { count } from '../shell/time.js';

interface DeleteLabDialogProps {
  lab: LabListItem;
  onClose: () => void;
  onDeleted: () => void;
}

/** The one thing on these pages that destroys data, so the one that asks. */
export function DeleteLabDialog({ lab, onClose, onDeleted }: DeleteLabDialogProps) {
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState<string>();
  const [busy, setBusy] = useState(false);
  const parsed = joinCode.safeParse(typed);
  const same = parsed.success && parsed.data === lab.joinCode.replace('-', '');
  const remove = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (!same) return;
    setBusy(true);
    const answer = await deleteLab(lab.id, lab.joinCode);
    setBusy(false);
    if (answer.ok) onDeleted();
    else setWrong(answer.failure.message);
  };
  return (
    <Dialog title={`Delete “${lab.name}”?`} onClose={onClose}>
      <p className="q2" style={{ marginBottom: 14 }}>
        {count(lab.participants, 'student')}, {count(lab.records, 'record')}, their checkpoints, submissions and grades
        go for good. Type the join code to confirm.
      </p>
      <form onSubmit={(event) => void remove(event)}>
        <Field
          label={showJoinCode(lab.joinCode.replace('-', ''))}
          className="mono"
          autoComplete="off"
          autoFocus
          value={typed}
          wrong={wrong}
          onChange={(event) => setTyped(event.target.value)}
        />
        <DialogFoot leave="Keep it">
          <button
            type="submit"
            className="btn stop"
            disabled={!same || busy}
            title={same ? undefined : 'Type the join code first'}
          >
            Delete for good
          </button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
