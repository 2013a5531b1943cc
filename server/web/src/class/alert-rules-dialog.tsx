import { useState, type FormEvent } from 'react';
import { alertRules, type AlertRules } from '@nbpulse/schema/wire';
import { changeLab } from '../api/labs.js';
import { Dialog } from '../shell/dialog.js';
import { DialogFoot } from '../shell/dialog-foot.js';
import { useToast } from '../shell/toast.js';
import { useLab, useModel } from './lab-context.js';

interface NumberFieldProps {
  label: string;
  value: number;
  most: number;
  least?: number;
  onValue: (value: number) => void;
}
function NumberField({ label, value, least = 1, most, onValue }: NumberFieldProps) {
  return (
    <input
      type="number"
      className="field num"
      aria-label={label}
      min={least}
      max={most}
      required
      value={Number.isNaN(value) ? '' : value}
      onChange={(event) => onValue(event.target.valueAsNumber)}
    />
  );
}

/** The three rules that may raise an alert, with thresholds of the teacher's own. */
export function AlertRulesDialog({ onClose }: { onClose: () => void }) {
  const { session } = useLab();
  const toast = useToast();
  const before = useModel((model) => model.lab.settings.alerts);
  const planned = useModel((model) => model.questions.some((one) => one.targetMinutes !== null));
  const [rules, setRules] = useState<AlertRules>(before);
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const { sameError, behind, silence } = rules;
  const save = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const dialog = event.currentTarget.closest('dialog');
    const parsed = alertRules.safeParse(rules);
    if (!parsed.success) {
      setWrong('Students are from 2 to 1,000, the share from 5 to 100 per cent, minutes from 1 to 240.');
      return;
    }
    setBusy(true);
    const answer = await changeLab(session.lab, { settings: { alerts: parsed.data } });
    setBusy(false);
    if (!answer.ok) {
      setWrong(answer.failure.message);
      return;
    }
    dialog?.close();
    toast({
      words: 'The alert rules are changed.',
      undo: () => void changeLab(session.lab, { settings: { alerts: before } }),
    });
  };
  return (
    <Dialog title="Alerts" onClose={onClose} className="alert-rules">
      <p className="q2 sm">An alert says what, who and since when, once, and goes by itself.</p>
      <form onSubmit={(event) => void save(event)} noValidate>
        <fieldset>
          <label className="row">
            <input
              type="checkbox"
              checked={sameError.on}
              onChange={(event) => setRules({ ...rules, sameError: { ...sameError, on: event.target.checked } })}
            />
            <b>Many with the same error</b>
          </label>
          <p className="rule">
            <NumberField
              label="Students with the same error"
              value={sameError.students}
              least={2}
              most={1_000}
              onValue={(students) => setRules({ ...rules, sameError: { ...sameError, students } })}
            />{' '}
            students with the same error on a question within{' '}
            <NumberField
              label="Minutes for the same error"
              value={sameError.minutes}
              most={240}
              onValue={(minutes) => setRules({ ...rules, sameError: { ...sameError, minutes } })}
            />{' '}
            minutes
          </p>
        </fieldset>
        <fieldset>
          <label className="row">
            <input
              type="checkbox"
              checked={behind.on}
              onChange={(event) => setRules({ ...rules, behind: { ...behind, on: event.target.checked } })}
            />
            <b>Behind the plan</b>
          </label>
          <p className="rule">
            <NumberField
              label="Per cent of the class behind the plan"
              value={Math.round(behind.share * 100)}
              least={5}
              most={100}
              onValue={(share) => setRules({ ...rules, behind: { ...behind, share: share / 100 } })}
            />{' '}
            per cent of the class have not sent a question{' '}
            <NumberField
              label="Minutes behind the plan"
              value={behind.minutes}
              most={240}
              onValue={(minutes) => setRules({ ...rules, behind: { ...behind, minutes } })}
            />{' '}
            minutes after it was due
          </p>
          {!planned && <p className="q3 sm rule">This lab has no plan yet, so this rule says nothing.</p>}
        </fieldset>
        <fieldset>
          <label className="row">
            <input
              type="checkbox"
              checked={silence.on}
              onChange={(event) => setRules({ ...rules, silence: { ...silence, on: event.target.checked } })}
            />
            <b>Nobody sends any more</b>
          </label>
          <p className="rule">
            Nothing from anybody for{' '}
            <NumberField
              label="Minutes of silence"
              value={silence.minutes}
              most={240}
              onValue={(minutes) => setRules({ ...rules, silence: { ...silence, minutes } })}
            />{' '}
            minutes while the lab is open
          </p>
        </fieldset>
        <DialogFoot wrong={wrong} leave="Cancel">
          <button type="submit" className="btn main" disabled={busy}>
            {busy ? 'Saving' : 'Save the rules'}
          </button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
