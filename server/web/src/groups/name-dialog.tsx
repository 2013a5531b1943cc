import { useState } from 'react';
import { Dialog } from '../shell/dialog.js';
import { DialogFoot } from '../shell/dialog-foot.js';
import { Field } from '../shell/field.js';
import type { GroupedAnswers } from './grouped.js';
import type { GroupsEditor } from './use-groups.js';

interface NameDialogProps {
  group: GroupedAnswers;
  /** Teachers keep known mistakes; assistants name a group for this lab. */
  teacher: boolean;
  edit: GroupsEditor;
  onClose: () => void;
}

/** A name, a hint, and whether the next class's equal answers arrive with both. */
export function NameDialog({ group, teacher, edit, onClose }: NameDialogProps) {
  const { answer } = group;
  const [name, setName] = useState(answer?.name ?? '');
  const [hint, setHint] = useState(answer?.hint ?? '');
  const [known, setKnown] = useState(answer?.known != null);
  const [wrong, setWrong] = useState<string>();
  const save = (): void => {
    const [wanted, wantedHint] = [name.trim(), hint.trim()];
    if (wanted === '' && (known || answer?.name == null)) {
      setWrong('Write a name for this group.');
      return;
    }
    if (wanted === '' && answer?.known != null) {
      setWrong('A known mistake has a name. Forget it below, or write another.');
      return;
    }
    edit.do(
      {
        edit: 'name',
        group: group.hash,
        name: wanted === '' ? null : wanted,
        hint: wantedHint === '' ? null : wantedHint,
        known: known && teacher,
      },
      wanted === '' ? 'The group lost its name.' : `Named “${wanted}”.`,
    );
    onClose();
  };
  return (
    <Dialog title={answer?.name == null ? 'Name this group' : `Rename “${answer.name}”`} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) save();
        }}
      >
        <Field
          label="Name"
          value={name}
          maxLength={120}
          wrong={wrong}
          autoFocus
          placeholder="No abs()"
          onChange={(event) => {
            setName(event.target.value);
            setWrong(undefined);
          }}
        />
        <div className="fl">
          <label className="lab" htmlFor="group-hint">
            Hint
          </label>
          <textarea
            id="group-hint"
            className="field"
            rows={4}
            maxLength={2_000}
            value={hint}
            placeholder="What would you ask a student who sent this?"
            onChange={(event) => setHint(event.target.value)}
          />
        </div>
        {teacher && (
          <label className="known-choice">
            <input type="checkbox" checked={known} onChange={(event) => setKnown(event.target.checked)} />
            <span>
              Keep as a known mistake
              <span className="q3 sm">
                The next class’s equal answers arrive with this name and hint. No answer is kept, and no student.
              </span>
            </span>
          </label>
        )}
        <DialogFoot
          leave="Cancel"
          aside={
            teacher &&
            answer?.known != null && (
              <button
                type="button"
                className="btn quiet"
                onClick={() => {
                  if (answer.known) edit.forget(answer.known);
                  onClose();
                }}
              >
                Forget this mistake
              </button>
            )
          }
        >
          <button type="submit" className="btn main" disabled={edit.busy}>
            Save
          </button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
