import { useState, type FormEvent } from 'react';
import type { CourseView } from '@nbpulse/schema/wire';
import { changeCourse } from '../api/labs.js';
import { Dialog } from '../shell/dialog.js';
import { DialogFoot } from '../shell/dialog-foot.js';
import { Field } from '../shell/field.js';
import { useSigned } from '../shell/session.js';

export function CourseDialog({ course, onClose }: { course: CourseView; onClose: () => void }) {
  const { refresh } = useSigned();
  const [name, setName] = useState(course.name);
  const [timeZone, setTimeZone] = useState(course.timeZone);
  const [months, setMonths] = useState(course.retentionMonths);
  const [wrong, setWrong] = useState<Record<string, string>>({});
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const answer = await changeCourse(course.id, {
      name: name.trim(),
      timeZone: timeZone.trim(),
      retentionMonths: months,
    });
    if (answer.ok) {
      await refresh();
      onClose();
      return;
    }
    const { fields, message } = answer.failure;
    setWrong(fields && Object.keys(fields).length > 0 ? fields : { name: message });
  };
  return (
    <Dialog title="Course" onClose={onClose}>
      <form onSubmit={(event) => void save(event)}>
        <Field
          label="Name"
          required
          value={name}
          wrong={wrong['name']}
          onChange={(event) => setName(event.target.value)}
        />
        <Field
          label="Time zone"
          required
          value={timeZone}
          wrong={wrong['timeZone']}
          hint="All times on these pages are of this zone."
          onChange={(event) => setTimeZone(event.target.value)}
        />
        <Field
          label="Months after a lab’s closing until records, notebooks and names are erased"
          type="number"
          min={1}
          max={120}
          required
          value={Number.isNaN(months) ? '' : months}
          wrong={wrong['retentionMonths']}
          hint="For labs that you make from now on. Those that are there keep theirs; each has its own in its settings."
          onChange={(event) => setMonths(event.target.valueAsNumber)}
        />
        <DialogFoot leave="Cancel">
          <button type="submit" className="btn main">
            Save
          </button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
