import { useState } from 'react';
import { Dialog } from '../shell/dialog.js';
import { DialogFoot } from '../shell/dialog-foot.js';
import { count } from '../shell/time.js';
import type { GroupedAnswers } from './grouped.js';
import type { GroupsEditor } from './use-groups.js';
import { useLab } from '../class/lab-context.js';
import { ValueView } from '../values/value-view.js';

interface SplitDialogProps {
  group: GroupedAnswers;
  edit: GroupsEditor;
  onClose: () => void;
}

/** Which of its answers leave a group for one of their own. */
export function SplitDialog({ group, edit, onClose }: SplitDialogProps) {
  const { session } = useLab();
  const [leaving, setLeaving] = useState<ReadonlySet<string>>(new Set());
  const toggle = (hash: string): void =>
    setLeaving((before) => {
      const next = new Set(before);
      if (!next.delete(hash)) next.add(hash);
      return next;
    });
  const whole = leaving.size === group.variants.length;
  return (
    <Dialog title="Which answers leave this group?" onClose={onClose} className="split-dialog">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (leaving.size === 0 || whole) return;
          edit.do(
            { edit: 'split', group: group.hash, hashes: [...leaving] },
            `${count(leaving.size, 'answer')} put into a group of their own.`,
          );
          onClose();
        }}
      >
        <ul className="split-answers">
          {group.variants.map(({ hash, records }, index) => {
            const newest = records[records.length - 1];
            return (
              <li key={hash}>
                <label>
                  <input
                    type="checkbox"
                    autoFocus={index === 0}
                    checked={leaving.has(hash)}
                    onChange={() => toggle(hash)}
                    aria-label={`${newest?.summary ?? ''}, ${String(records.length)} sent`}
                  />
                  <b>{records.length}</b>
                </label>
                <div>{newest && <ValueView lab={session.lab} record={newest} />}</div>
              </li>
            );
          })}
        </ul>
        <DialogFoot
          leave="Cancel"
          aside={
            <span className="q2 sm" role="status">
              {whole ? 'Leave one unpicked: a group keeps at least one of its answers.' : ''}
            </span>
          }
        >
          <button type="submit" className="btn main" disabled={leaving.size === 0 || whole || edit.busy}>
            Split off {leaving.size > 0 && leaving.size}
          </button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
