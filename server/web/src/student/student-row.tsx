import type { QuestionView } from '@nbpulse/schema/wire';
import { useLab } from '../class/lab-context.js';
import type { Row } from '../live/row.js';
import { Link } from '../shell/link.js';
import { markShape, markWords, PresenceMark, presenceName, presenceWords } from '../shell/marks.js';
import { ago, count } from '../shell/time.js';

interface StudentRowProps {
  row: Row;
  name: string;
  questions: readonly QuestionView[];
  now: number;
}

const markPx = 12;
const mostMarks = 60;

/** One line of the list: name, a mark per question, presence, when they last sent. */
export function StudentRow({ row, name, questions, now }: StudentRowProps) {
  const { session, time } = useLab();
  const { participant } = row;
  const opened = participant.openedAt !== null;
  return (
    <tr>
      <th scope="row">
        <Link to={{ page: 'student', lab: session.lab, participant: participant.id }}>{name}</Link>
        {participant.unverified && <span className="q3 xs"> unverified</span>}
      </th>
      <td>{opened && <Marks row={row} questions={questions} />}</td>
      <td className="num">
        {opened ? (
          <>
            {row.sent} <span className="q3">of {questions.length}</span>
          </>
        ) : (
          <span className="q3">–</span>
        )}
      </td>
      <td className={opened ? undefined : 'q3'}>
        <PresenceMark presence={row.presence} sending={participant.sending} opened={opened} />{' '}
        {presenceWords[presenceName(row.presence, participant.sending, opened)]}
      </td>
      <td>{row.lastAt === null ? <span className="q3">–</span> : ago(Math.max(0, now - row.lastAt))}</td>
      <td className="num wide-only">
        {row.submissions.length === 0 ? <span className="q3">–</span> : row.submissions.length}
      </td>
      <td className="q3 wide-only">
        {participant.openedAt === null ? '–' : time.full(Date.parse(participant.openedAt))}
      </td>
    </tr>
  );
}

function Marks({ row, questions }: { row: Row; questions: readonly QuestionView[] }) {
  const shown = row.statuses.slice(0, mostMarks);
  const counts = new Map<string, number>();
  for (const status of row.statuses) counts.set(markWords[status], (counts.get(markWords[status]) ?? 0) + 1);
  const said = [...counts].map(([words, n]) => `${String(n)} ${words}`).join(', ');
  return (
    <svg
      className="row-marks"
      width={shown.length * (markPx + 3)}
      height={markPx}
      role="img"
      aria-label={`${count(questions.length, 'question')}: ${said}`}
    >
      {shown.map((status, index) => (
        <svg
          key={questions[index]?.key ?? index}
          x={index * (markPx + 3)}
          width={markPx}
          height={markPx}
          viewBox="0 0 16 16"
        >
          <title>{`${questions[index]?.key ?? ''}: ${markWords[status]}`}</title>
          {markShape(status)}
        </svg>
      ))}
    </svg>
  );
}
