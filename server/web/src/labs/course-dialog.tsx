import { useState, type FormEvent } from 'react';
import type { CourseView } from '@nbpulse/schema/wire';
import { changeCourse } from '../api/labs.js';
import { Dialog } from '../shell/dialog.js';
import { Field } from '../shell/field.js';
import { useSigned } from '../shell/session.js';

export function CourseDialog({ course, onClose }: { course: CourseView; onClose: () => void }) {
  const { refresh } = useSigned();
  const [name, setName] = useState(course.name);
  const [timeZone, setTimeZone] = useState(course.timeZone);
  const [wrong, setWrong] = useState<Record<string, string>>({});
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const answer = await changeCourse(course.id, { name: name.trim(), timeZone: timeZone.trim() });
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
        <p className="q2 sm">
          Records, notebooks and names are erased {String(course.retentionMonths)} months after a lab closes.
        </p>
        <div className="foot">
          <button type="button" className="btn" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="btn main">
            Save
          </button>
        </div>
      </form>
    </Dialog>
  );
}
