/** One record, large. */
import type { RecordsRow } from '@nbpulse/schema/wire';
import { useLab } from '../class/lab-context.js';
import { useNames } from '../class/names.js';
import { Dialog } from '../shell/dialog.js';
import { Link } from '../shell/link.js';
import { Mark, markWords } from '../shell/marks.js';
import { ValueView } from '../values/value-view.js';
import { markOf } from './record-mark.js';

export function RecordDialog({ row, onClose }: { row: RecordsRow; onClose: () => void }) {
  const { time } = useLab();
  const { nameOf } = useNames();
  const { record, lab } = row;
  const name = nameOf(record.participant, row.participant.name);
  const mark = markOf(record);
  return (
    <Dialog title={`${name}, question ${record.question}`} onClose={onClose} className="record-dialog">
      <p className="row wrap q2 sm">
        <Mark name={mark} size={14} />
        {markWords[mark]}
        <span className="q3">
          sent {time.full(Date.parse(record.madeAt))}
          {record.late && ', received after the lab closed'}
          {record.part !== null && `, part ${record.part}`} · {lab.name}
        </span>
      </p>
      <div className="record-value">
        <ValueView lab={lab.id} record={record} />
      </div>
      <div className="foot">
        <Link className="btn quiet" to={{ page: 'student', lab: lab.id, participant: record.participant }}>
          {name}
        </Link>
        <Link className="btn quiet" to={{ page: 'question', lab: lab.id, question: record.question }}>
          Question {record.question}
        </Link>
        <span className="grow" />
        <button type="button" className="btn" onClick={(event) => event.currentTarget.closest('dialog')?.close()}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
