import type { CheckpointChange, ParticipantView } from '@nbpulse/schema/wire';
import { useModel } from '../class/lab-context.js';
import { Icon } from '../shell/icons.js';
import { ago, count, size } from '../shell/time.js';
import { Entry } from './entry.js';
import type { Line } from './fold.js';
import { RecordsLine } from './records-line.js';
import { SubmissionLine } from './submission-line.js';
import { timelineId } from './use-timeline.js';

interface TimelineLineProps {
  line: Line;
  who: ParticipantView;
  /** All of this student's, oldest first. */
  checkpoints: readonly CheckpointChange[];
  onOpen: (checkpoint: CheckpointChange) => void;
}

export function TimelineLine({ line, who, checkpoints, onOpen }: TimelineLineProps) {
  if (line.kind === 'records') return <RecordsLine question={line.question} items={line.items} />;
  const { item } = line;
  const items = [timelineId(item)];
  switch (item.kind) {
    case 'joined':
      return (
        <Entry at={item.at} mark={<Icon name="right" />} items={items}>
          <b>Joined</b> <span className="q2">{who.unverified ? 'through the tracker’s door' : 'with the code'}</span>
          <OpenedLate at={item.at} />
        </Entry>
      );
    case 'sending-off':
      return (
        <Entry at={item.at} mark={<Icon name="lock" />} items={items}>
          <b>Sending switched off</b>{' '}
          <span className="q2">by the student; it is off until they switch it on again</span>
        </Entry>
      );
    case 'dropped':
      return (
        <Entry at={item.at} mark={<Icon name="drop" />} items={items}>
          <span className="qk">{item.question}</span>
          <span>
            <b>{count(item.count, 'record')} dropped</b>{' '}
            <span className="q2">
              on the student’s side: its journal was full. The last one of the question was kept.
            </span>
          </span>
        </Entry>
      );
    case 'checkpoint': {
      const at = checkpoints.findIndex((one) => one.id === item.checkpoint.id);
      return (
        <Entry at={item.at} mark={<Icon name="flag" />} items={items}>
          <b>Checkpoint {at + 1}</b> <span className="q3">{size(item.checkpoint.bytes)}</span>
          <button
            type="button"
            className="link"
            onClick={() => onOpen(item.checkpoint)}
            aria-label={`${at > 0 ? 'What changed' : 'Open'}, checkpoint ${String(at + 1)}`}
          >
            {at > 0 ? 'What changed' : 'Open'}
          </button>
        </Entry>
      );
    }
    case 'submission':
      return (
        <Entry at={item.at} mark={<Icon name="up" />} items={items}>
          <SubmissionLine submission={item.submission} />
        </Entry>
      );
    default:
      return item satisfies never;
  }
}

function OpenedLate({ at }: { at: string }) {
  const lab = useModel((model) => model.lab);
  const lateMs = lab.openedAt === null ? 0 : Date.parse(at) - Date.parse(lab.openedAt);
  if (lateMs <= lab.settings.lateMinutes * 60_000) return null;
  return <span className="tag">opened late, {ago(lateMs)} after the lab</span>;
}
