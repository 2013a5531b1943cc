/** What staff decide about a lab: what is collected, what students may do, how long it is kept, which doors are open. */
import { useId, useState, type FormEvent, type ReactNode } from 'react';
import type { LabSettings, LabView } from '@nbpulse/schema/wire';
import { changeLab } from '../api/labs.js';
import { copyText } from '../shell/copy-text.js';
import { Dialog } from '../shell/dialog.js';
import { DialogFoot } from '../shell/dialog-foot.js';
import { Icon } from '../shell/icons.js';
import { useSigned } from '../shell/session.js';
import { useToast } from '../shell/toast.js';
import '../styles/settings.css';
import { EraseField } from './erase-field.js';
import { choiceOf, patchOf } from './erase-day.js';

interface LabSettingsDialogProps {
  lab: LabView;
  onClose: () => void;
  onSaved: () => void;
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((one, index) => one === b[index]);

/** Only what was changed is sent, so that two who change different things do not undo each other. */
function changedSettings(before: LabSettings, now: LabSettings): Partial<LabSettings> {
  return {
    ...(before.activity === now.activity ? {} : { activity: now.activity }),
    ...(before.mayDelete === now.mayDelete ? {} : { mayDelete: now.mayDelete }),
    ...(before.trackerDoor === now.trackerDoor ? {} : { trackerDoor: now.trackerDoor }),
    ...(isSame(before.parts, now.parts) ? {} : { parts: now.parts }),
  };
}

export function LabSettingsDialog({ lab, onClose, onSaved }: LabSettingsDialogProps) {
  // As it was when the dialog opened: what others change meanwhile is not taken for ours.
  const [before] = useState(lab);
  const [settings, setSettings] = useState(before.settings);
  const [parts, setParts] = useState(before.settings.parts.join('\n'));
  const [choice, setChoice] = useState(() => choiceOf(before));
  const [wrong, setWrong] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  const partsId = useId();
  const set = (change: Partial<LabSettings>): void => setSettings({ ...settings, ...change });

  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (choice.by === 'months' && !(Number.isInteger(choice.months) && choice.months >= 1 && choice.months <= 120)) {
      setWrong({ retentionMonths: 'Type a number of months, from 1 to 120.' });
      return;
    }
    if (choice.by === 'day' && choice.day === '') {
      setWrong({ eraseAt: 'Choose the day on which records, notebooks and names go.' });
      return;
    }
    const changed = changedSettings(before.settings, { ...settings, parts: linesOf(parts) });
    const patch = {
      ...(Object.keys(changed).length === 0 ? {} : { settings: changed }),
      ...patchOf(before, choice),
    };
    if (Object.keys(patch).length === 0) {
      onClose();
      return;
    }
    setBusy(true);
    setWrong({});
    const answer = await changeLab(before.id, patch);
    setBusy(false);
    if (answer.ok) {
      onSaved();
      return;
    }
    const { fields, message } = answer.failure;
    setWrong(fields && Object.keys(fields).length > 0 ? fields : { form: message });
  };

  const partsWrong = Object.entries(wrong).find(([field]) => field.startsWith('settings.parts'))?.[1];
  return (
    <Dialog title={`Settings of ${before.name}`} onClose={onClose} className="settings-dialog">
      <form noValidate onSubmit={(event) => void save(event)}>
        <Choice
          label="Collect passive activity"
          checked={settings.activity}
          onChange={(activity) => set({ activity })}
          hint={
            <>
              Which question’s cell ran, and the class of an error; working and error on the class page then follow it.
              Before it starts, students are told: “Your teacher also sees which cell you ran and the class of an error,
              not your code.”
            </>
          }
        />
        <Choice
          label="Students may delete their own records"
          checked={settings.mayDelete}
          onChange={(mayDelete) => set({ mayDelete })}
          hint="On their page “What is stored about me”. Content goes for good; that something was sent, and when, stays."
        />
        <EraseField lab={before} choice={choice} onChoice={setChoice} wrong={wrong} />
        <div className="fl">
          <label className="lab" htmlFor={partsId}>
            Parts of the lab, one per line <span className="q3">optional</span>
          </label>
          <textarea
            id={partsId}
            className="field lab-keys"
            rows={3}
            placeholder={'A\nB'}
            value={parts}
            aria-invalid={partsWrong !== undefined}
            aria-describedby={`${partsId}-hint`}
            onChange={(event) => setParts(event.target.value)}
          />
          <div id={`${partsId}-hint`} className="q3 sm">
            {partsWrong === undefined ? (
              <>
                Records name one with <code>send(x, 3, part=&quot;B&quot;)</code>.
              </>
            ) : (
              <span className="err">{partsWrong}</span>
            )}
          </div>
        </div>
        <Choice
          label="Take notebooks made for notebook-progress-tracker"
          checked={settings.trackerDoor}
          onChange={(trackerDoor) => set({ trackerDoor })}
          hint="They have no tokens: whoever knows the two names below can send as anybody. Their senders are shown as unverified; leave this off when no such notebook is used."
        >
          {settings.trackerDoor && <DoorNames lab={before} />}
        </Choice>
        <DialogFoot wrong={wrong['form']} leave="Cancel">
          <button type="submit" className="btn main" disabled={busy}>
            {busy ? 'Saving' : 'Save'}
          </button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}

interface ChoiceProps {
  label: string;
  hint: ReactNode;
  checked: boolean;
  onChange: (checked: boolean) => void;
  children?: ReactNode;
}
function Choice({ label, hint, checked, onChange, children }: ChoiceProps) {
  const id = useId();
  return (
    <div className="choice">
      <input
        id={id}
        type="checkbox"
        checked={checked}
        aria-describedby={`${id}-hint`}
        onChange={(event) => onChange(event.target.checked)}
      />
      <div>
        <label htmlFor={id}>{label}</label>
        <p id={`${id}-hint`} className="q3 sm">
          {hint}
        </p>
        {children}
      </div>
    </div>
  );
}

/** What such a notebook is given to find this lab. */
function DoorNames({ lab }: { lab: LabView }) {
  const { view } = useSigned();
  const toast = useToast();
  return (
    <dl className="door">
      {(
        [
          ['session_owner', view.user.handle],
          ['session_name', lab.name],
        ] as const
      ).map(([field, value]) => (
        <div key={field}>
          <dt>
            <code>{field}</code>
          </dt>
          <dd>
            <code className="grow cut">{value}</code>
            <button
              type="button"
              className="btn quiet icon small"
              aria-label={`Copy ${field}`}
              onClick={() =>
                void copyText(value).then((copied) => toast({ words: copied ? `${value} is copied.` : value }))
              }
            >
              <Icon name="copy" />
            </button>
          </dd>
        </div>
      ))}
    </dl>
  );
}
