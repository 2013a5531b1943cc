import { useState } from 'react';
import type { MeView } from '@nbpulse/schema/wire';
import { copyText } from '../shell/copy-text.js';
import { Dialog } from '../shell/dialog.js';
import { DialogFoot } from '../shell/dialog-foot.js';
import { Icon } from '../shell/icons.js';
import { useToast } from '../shell/toast.js';
import type { OwnApi } from './own-api.js';
import { saveFile } from '../shell/save-file.js';

/** Take everything home, come back elsewhere, leave. */
export function OwnActions({ api, me, onLeft }: { api: OwnApi; me: MeView; onLeft: () => void }) {
  const [busy, setBusy] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const toast = useToast();
  const download = async (): Promise<void> => {
    setBusy(true);
    const answer = await api.archive();
    setBusy(false);
    if (answer.ok) saveFile(answer.value, `nbpulse ${me.lab.name}.zip`);
    else toast({ words: answer.failure.message, wrong: true });
  };
  return (
    <>
      <section aria-labelledby="take">
        <h2 id="take">Take it with you</h2>
        <button type="button" className="btn main wide" disabled={busy} onClick={() => void download()}>
          <Icon name="drop" />
          {busy ? 'Collecting' : 'Download everything'}
        </button>
        <p className="q3 sm">
          A zip: all records, pictures, notebooks and feedback, with a page that says what is what.
        </p>
      </section>
      <section aria-labelledby="return">
        <h2 id="return">Come back on another computer</h2>
        <p className="row">
          <code className="return-code grow">{me.returnCode}</code>
          <button
            type="button"
            className="btn quiet icon small"
            aria-label="Copy the return code"
            onClick={() =>
              void copyText(me.returnCode).then((copied) =>
                toast({ words: copied ? 'The return code is copied.' : me.returnCode }),
              )
            }
          >
            <Icon name="copy" />
          </button>
        </p>
        <p className="q3 sm">Your return code. With it and the lab’s join code you are you; keep it to yourself.</p>
      </section>
      <section aria-labelledby="leave">
        <h2 id="leave">Leave</h2>
        <p className="q3 sm">This page is open in this tab only and goes when you close it.</p>
        <button type="button" className="btn" onClick={() => setLeaving(true)}>
          Leave this browser…
        </button>
      </section>
      {leaving && <LeaveDialog api={api} onLeft={onLeft} onClose={() => setLeaving(false)} />}
    </>
  );
}

function LeaveDialog({ api, onLeft, onClose }: { api: OwnApi; onLeft: () => void; onClose: () => void }) {
  const [wrong, setWrong] = useState<string>();
  const leave = async (): Promise<void> => {
    const answer = await api.leave();
    // A token that is no good any more has left already.
    if (answer.ok || answer.failure.code === 'bad-token') onLeft();
    else setWrong(answer.failure.message);
  };
  return (
    <Dialog title="Leave this browser?" onClose={onClose}>
      <p className="q2">
        This page closes and cannot be opened here again without a new link or your return code. Your notebook goes on
        sending, and nothing that is stored changes.
      </p>
      <DialogFoot wrong={wrong} leave="Stay">
        <button type="button" className="btn stop" onClick={() => void leave()}>
          Leave
        </button>
      </DialogFoot>
    </Dialog>
  );
}
