import { useState } from 'react';
import type { RecordView } from '@nbpulse/schema/wire';
import { Dialog } from '../shell/dialog.js';
import { DialogFoot } from '../shell/dialog-foot.js';
import type { OwnApi } from './own-api.js';
import { ownTime } from './own-time.js';

interface DeleteRecordDialogProps {
  api: OwnApi;
  record: RecordView;
  onClose: () => void;
  onDeleted: () => void;
}

export function DeleteRecordDialog({ api, record, onClose, onDeleted }: DeleteRecordDialogProps) {
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string>();
  const remove = async (): Promise<void> => {
    setBusy(true);
    const answer = await api.deleteRecord(record.id);
    setBusy(false);
    // Deleted meanwhile, on another device: what was wanted is so.
    if (answer.ok || answer.failure.code === 'not-found') onDeleted();
    else setWrong(answer.failure.message);
  };
  return (
    <Dialog title="Delete this record?" onClose={onClose}>
      <p className="q2">
        What you sent to question {record.question} at {ownTime.clock(Date.parse(record.madeAt))} goes for good, here
        and on your teacher’s page. That something was sent then stays.
      </p>
      <p style={{ marginTop: 8 }}>
        <code className="value-line">{record.summary}</code>
      </p>
      <DialogFoot wrong={wrong} leave="Keep">
        <button type="button" className="btn stop" disabled={busy} onClick={() => void remove()}>
          {busy ? 'Deleting' : 'Delete for good'}
        </button>
      </DialogFoot>
    </Dialog>
  );
}
