import { useId } from 'react';
import type { LabView } from '@nbpulse/schema/wire';
import { Mark } from '../shell/marks.js';
import { timesOf, useSigned } from '../shell/session.js';
import { erasedAtBy, type EraseChoice } from './erase-day.js';

interface EraseFieldProps {
  lab: LabView;
  choice: EraseChoice;
  onChoice: (choice: EraseChoice) => void;
  wrong: Record<string, string>;
}

/** Until when things are kept: by months after closing, or by a day; and what that means for this lab. */
export function EraseField({ lab, choice, onChoice, wrong }: EraseFieldProps) {
  const id = useId();
  const { view } = useSigned();
  const time = timesOf(view, lab.course);
  const at = erasedAtBy(lab, choice);
  const said = wrong['retentionMonths'] ?? wrong['eraseAt'];
  return (
    <fieldset className="fl erase" aria-describedby={`${id}-means`}>
      <legend className="lab">Records, notebooks and names are erased</legend>
      <label className="row">
        <input
          type="radio"
          name={`${id}-by`}
          checked={choice.by === 'months'}
          onChange={() => onChoice({ by: 'months', months: lab.retentionMonths })}
        />
        <input
          type="number"
          className="field"
          min={1}
          max={120}
          aria-label="Months after closing"
          disabled={choice.by !== 'months'}
          value={choice.by !== 'months' ? lab.retentionMonths : Number.isNaN(choice.months) ? '' : choice.months}
          onChange={(event) => onChoice({ by: 'months', months: event.target.valueAsNumber })}
        />
        <span>months after the lab closes</span>
      </label>
      <label className="row">
        <input
          type="radio"
          name={`${id}-by`}
          checked={choice.by === 'day'}
          onChange={() => onChoice({ by: 'day', day: at === null ? '' : new Date(at).toISOString().slice(0, 10) })}
        />
        <span>on</span>
        <input
          type="date"
          className="field"
          aria-label="Day of erasure"
          disabled={choice.by !== 'day'}
          value={choice.by === 'day' ? choice.day : ''}
          onChange={(event) => onChoice({ by: 'day', day: event.target.value })}
        />
      </label>
      <div id={`${id}-means`} className="q3 sm">
        {at === null
          ? 'The day is fixed when you close the lab; students are told the months before they join.'
          : `On ${time.date(at)} they go for good, also from this server’s downloads; questions and counts stay. Students are told the day.`}
      </div>
      {said !== undefined && (
        <div className="err" role="alert">
          <Mark name="wrong" size={14} />
          <span>{said}</span>
        </div>
      )}
    </fieldset>
  );
}
