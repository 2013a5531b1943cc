import { useState, type FormEvent } from 'react';
import type { RecordView, Timeline } from '@nbpulse/schema/wire';
import { changeParticipant } from '../api/labs.js';
import { copyText } from '../shell/copy-text.js';
import { useLab, useModel } from '../class/lab-context.js';
import { useNames } from '../class/names.js';
import { Dialog } from '../shell/dialog.js';
import { Field } from '../shell/field.js';
import { Icon } from '../shell/icons.js';
import { ago, count } from '../shell/time.js';
import { useToast } from '../shell/toast.js';
import { EraseDialog } from './erase-dialog.js';
import { isOut } from './record-mark.js';
import { StaffNoteField } from './staff-note.js';

/** The facts about one student in this lab, and the few things staff can do. */
export function StudentRail({ timeline }: { timeline: Timeline }) {
  const { time, teacher } = useLab();
  const row = useModel((model) => model.rows.get(timeline.participant.id));
  const participant = row?.participant ?? timeline.participant;
  const records = timeline.items.flatMap((item) =>
    item.kind === 'record' && !isOut(item.record) ? [item.record] : [],
  );
  const questions = new Set(records.map((record) => record.question)).size;
  const errors = records.filter((record) => record.error);
  const kinds = [...new Set(errors.map((record) => record.summary.split(':', 1)[0]))].slice(0, 3);
  const last = timeline.items[timeline.items.length - 1];
  const waiting = row?.presence?.waiting ?? 0;
  const lab = useModel((model) => model.lab);
  const { anonymous } = useNames();
  const longest = longestOf(records);
  const [removing, setRemoving] = useState(false);
  const [erasing, setErasing] = useState(false);

  return (
    <aside className="rail" aria-label="About this student">
      <section className="pad" aria-labelledby="facts">
        <h2 id="facts">This lab</h2>
        <dl className="facts">
          <dt>Joined</dt>
          <dd>
            {participant.openedAt === null ? 'never opened the notebook' : time.full(Date.parse(participant.openedAt))}
          </dd>
          <dt>Records</dt>
          <dd>
            {records.length} <span className="q3">of {count(questions, 'question')}</span>
          </dd>
          <dt>Errors</dt>
          <dd>
            {errors.length} <span className="q3">{kinds.join(', ')}</span>
          </dd>
          {longest && (
            <>
              <dt>Longest on</dt>
              <dd>
                {longest.question}, {ago(longest.ms)}
              </dd>
            </>
          )}
          <dt>Checkpoints</dt>
          <dd>{timeline.items.filter((item) => item.kind === 'checkpoint').length}</dd>
          <dt>Submissions</dt>
          <dd>{timeline.items.filter((item) => item.kind === 'submission').length}</dd>
          {timeline.trials > 0 && (
            <>
              <dt>Trials</dt>
              <dd>
                {timeline.trials} <span className="q3">not handed in, no grade</span>
              </dd>
            </>
          )}
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
      <StaffNoteField participant={participant.id} note={timeline.note} />
      {timeline.returnCode !== null && <ReturnCode code={timeline.returnCode} />}
      {teacher && anonymous && (
        <section className="pad">
          <p className="q3 sm">Names are hidden. Show them (A) to rename, remove or erase this student.</p>
        </section>
      )}
      {teacher && !anonymous && (
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
          <p style={{ marginTop: 14 }}>
            <button type="button" className="btn small stop" onClick={() => setErasing(true)}>
              Erase this person…
            </button>
          </p>
          <p className="q3 sm" style={{ marginTop: 4 }}>
            Everything about them, in every lab of the course.
          </p>
        </section>
      )}
      <section className="pad">
        <p className="q3 sm">
          This student can see everything on this page that came from them, except the staff note; what is right or
          wrong, and what staff hid, only staff see.{' '}
          {lab.settings.activity
            ? 'Error types are recorded in this lab; students were told when they joined.'
            : 'Only what they send is recorded in this lab, no other activity.'}
        </p>
      </section>
      {erasing && (
        <EraseDialog participant={participant.id} name={participant.name} onClose={() => setErasing(false)} />
      )}
      {removing && (
        <RemoveDialog participant={participant.id} name={participant.name} onClose={() => setRemoving(false)} />
      )}
    </aside>
  );
}

/** From the first record of a question to its last, where that took longest. */
function longestOf(records: readonly RecordView[]): { question: string; ms: number } | null {
  const first = new Map<string, number>();
  let found: { question: string; ms: number } | null = null;
  for (const { question, madeAt } of records) {
    const at = Date.parse(madeAt);
    const ms = at - (first.get(question) ?? at);
    if (!first.has(question)) first.set(question, at);
    if (ms >= 60_000 && ms > (found?.ms ?? 0)) found = { question, ms };
  }
  return found;
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

function ReturnCode({ code }: { code: string }) {
  const toast = useToast();
  return (
    <section className="pad" aria-labelledby="return-code">
      <h2 id="return-code">Return code</h2>
      <p className="row">
        <code className="return-code grow">{code}</code>
        <button
          type="button"
          className="btn quiet icon small"
          aria-label="Copy the return code"
          onClick={() =>
            void copyText(code).then((copied) => toast({ words: copied ? 'The return code is copied.' : code }))
          }
        >
          <Icon name="copy" />
        </button>
      </p>
      <p className="q3 sm">
        With it this student comes back on another computer. They see it too, under “stored about me”.
      </p>
    </section>
  );
}
