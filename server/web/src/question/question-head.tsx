import type { ReactNode } from 'react';
import { useCalmModel, useModel } from '../class/lab-context.js';
import { noTally, sentOf } from '../live/tally.js';
import { Mark, markWords } from '../shell/marks.js';

/** In the order in which bars stack, calm ones first. */
const statuses = ['right', 'answered', 'wrong', 'error', 'reached', 'working'] as const;

interface QuestionHeadProps {
  question: string;
  title: string;
  children?: ReactNode;
}
/** Title, and how the class stands in marks and words; nobody is left out of the sum. */
export function QuestionHead({ question, title, children }: QuestionHeadProps) {
  const tally = useCalmModel(
    (model) => model.tallies[model.questions.findIndex(({ key }) => key === question)] ?? noTally,
  );
  const whole = useModel((model) => model.members.length);
  const notStarted = Math.max(0, whole - statuses.reduce((sum, status) => sum + tally[status], 0));
  return (
    <div className="qhead">
      <h1>
        {title === '' ? (
          `Question ${question}`
        ) : (
          <>
            <span className="k">{question}</span> {title}
          </>
        )}
      </h1>
      <ul className="tally" aria-label="How the class stands">
        <li>
          <b>{sentOf(tally)}</b> of {whole} sent
        </li>
        {statuses.map(
          (status) =>
            tally[status] > 0 && (
              <li key={status}>
                <Mark name={status} size={14} /> <b>{tally[status]}</b> {markWords[status]}
              </li>
            ),
        )}
        {notStarted > 0 && (
          <li className="q3">
            <Mark name="not-started" size={14} /> <b>{notStarted}</b> {markWords['not-started']}
          </li>
        )}
      </ul>
      <span className="grow" />
      {children}
    </div>
  );
}
