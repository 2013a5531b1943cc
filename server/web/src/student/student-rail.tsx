import { useState, type FormEvent } from 'react';
import type { Timeline } from '@nbpulse/schema/wire';
import { changeParticipant } from '../api/labs.js';
import { copyText } from '../class/copy-text.js';
import { useLab, useModel } from '../class/lab-context.js';
import { Dialog } from '../shell/dialog.js';
import { Field } from '../shell/field.js';
import { Icon } from '../shell/icons.js';
import { count } from '../shell/time.js';
import { useToast } from '../shell/toast.js';

/** The facts about one student in this lab, and the few things staff can do. */
export function StudentRail({ timeline }: { timeline: Timeline }) {
  const { time, teacher } = useLab();
  const row = useModel((model) => model.rows.get(timeline.participant.id));
  const toast = useToast();
  const participant = row?.participant ?? timeline.participant;
  const records = timeline.items.flatMap((item) => (item.kind === 'record' ? [item.record] : []));
  const questions = new Set(records.map((record) => record.question)).size;
  const errors = records.filter((record) => record.error);
  const kinds = [...new Set(errors.map((record) => record.summary.split(':', 1)[0]))].slice(0, 3);
  const last = timeline.items[timeline.items.length - 1];
  const waiting = row?.presence?.waiting ?? 0;
  const [removing, setRemoving] = useState(false);

  return (
    <aside className="rail" aria-label="About this student">
      <section className="pad" aria-labelledby="facts">
        <h2 id="facts">This lab</h2>
        <dl className="facts">
          <dt>Joined</dt>
          <dd>{time.full(Date.parse(participant.joinedAt))}</dd>
          <dt>Records</dt>
          <dd>
            {records.length} <span className="q3">of {count(questions, 'question')}</span>
          </dd>
          <dt>Errors</dt>
          <dd>
            {errors.length} <span className="q3">{kinds.join(', ')}</span>
          </dd>
          <dt>Checkpoints</dt>
          <dd>{timeline.items.filter((item) => item.kind === 'checkpoint').length}</dd>
          <dt>Submissions</dt>
          <dd>{timeline.items.filter((item) => item.kind === 'submission').length}</dd>
          {waiting > 0 && (
            <>
              <dt>Waiting</dt>
              <dd>{count(waiting, 'record')} on the student’s side</dd>
            </>
          )}
          {last && (
            <>
              <dt>Last</dt>
              <dd>{time.clock(Date.parse(last.at))}</dd>
            </>
          )}
        </dl>
      </section>
      <section className="pad" aria-labelledby="return-code">
        <h2 id="return-code">Return code</h2>
        <p className="row">
          <code className="return-code grow">{timeline.returnCode}</code>
          <button
            type="button"
            className="btn quiet icon small"
            aria-label="Copy the return code"
            onClick={() =>
              void copyText(timeline.returnCode).then((copied) =>
                toast({ words: copied ? 'The return code is copied.' : timeline.returnCode }),
              )
            }
          >
            <Icon name="copy" />
          </button>
        </p>
        <p className="q3 sm">
          With it this student comes back on another computer. They see it too, under “stored about me”.
        </p>
      </section>
      {teacher && (
        <section className="pad" aria-labelledby="manage">
          <h2 id="manage">In the class</h2>
          <Rename key={participant.name} participant={participant.id} name={participant.name} />
          {participant.removed ? (
            <p className="q2 sm">Removed from the class. What was sent is kept.</p>
          ) : (
            <button type="button" className="btn small" onClick={() => setRemoving(true)}>
              Remove from the class…
            </button>
          )}
        </section>
      )}
      <section className="pad">
        <p className="q3 sm">Students can always see exactly what is stored about them; all of this page is.</p>
      </section>
      {removing && (
        <RemoveDialog participant={participant.id} name={participant.name} onClose={() => setRemoving(false)} />
      )}
    </aside>
  );
}

/** Asks first, because the page cannot take it back: the student's devices are signed out and the name is free again. */
function RemoveDialog({ participant, name, onClose }: { participant: string; name: string; onClose: () => void }) {
  const { session } = useLab();
  const [wrong, setWrong] = useState<string>();
  const remove = async (): Promise<void> => {
    const answer = await changeParticipant(session.lab, participant, { removed: true });
    if (answer.ok) onClose();
    else setWrong(answer.failure.message);
  };
  return (
    <Dialog title={`Remove ${name} from the class?`} onClose={onClose}>
      <p className="q2">
        Their notebook is disconnected and the name is free again. What they sent stays stored, but leaves the class
        page and its counts.
      </p>
      {wrong !== undefined && <p className="err">{wrong}</p>}
      <div className="foot">
        <button type="button" className="btn" onClick={onClose}>
          Keep
        </button>
        <button type="button" className="btn stop" onClick={() => void remove()}>
          Remove
        </button>
      </div>
    </Dialog>
  );
}

function Rename({ participant, name }: { participant: string; name: string }) {
  const { session } = useLab();
  const [typed, setTyped] = useState(name);
  const [wrong, setWrong] = useState<string>();
  const toast = useToast();
  const rename = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const answer = await changeParticipant(session.lab, participant, { name: typed.trim() });
    if (!answer.ok) {
      setWrong(answer.failure.fields?.['name'] ?? answer.failure.message);
      return;
    }
    toast({
      words: `${name} is now ${typed.trim()}.`,
      undo: () => void changeParticipant(session.lab, participant, { name }),
    });
  };
  return (
    <form onSubmit={(event) => void rename(event)}>
      <Field label="Name" value={typed} wrong={wrong} required onChange={(event) => setTyped(event.target.value)} />
      {typed.trim() !== name && typed.trim() !== '' && (
        <button type="submit" className="btn small" style={{ marginBottom: 14 }}>
          Rename
        </button>
      )}
    </form>
  );
}
