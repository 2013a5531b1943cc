/** Every question of the lab with how the class stands; what came since the last visit is counted beside the key. */
import { useEffect, useState } from 'react';
import { useCalmModel, useLab, useModel } from '../class/lab-context.js';
import { Bar, tallyWords } from '../class/skyline.js';
import { noTally, sentOf } from '../live/tally.js';
import { Link } from '../shell/link.js';
import { keepVisited, newSince, readVisited } from './visited.js';

export function QuestionStrip({ question }: { question: string }) {
  const { session } = useLab();
  const questions = useModel((model) => model.questions);
  const tallies = useCalmModel((model) => model.tallies);
  const members = useModel((model) => model.members);
  const [visited] = useState(() => readVisited(session.lab));
  const index = questions.findIndex(({ key }) => key === question);
  const sent = sentOf(tallies[index] ?? noTally);
  useEffect(() => {
    // What is in sight is no news. The page of the next question reads what was kept.
    keepVisited(session.lab, new Map(readVisited(session.lab)).set(question, sent));
  }, [question, sent, session.lab]);
  useEffect(() => {
    document.querySelector('.qstrip [aria-current]')?.scrollIntoView({ inline: 'nearest', block: 'nearest' });
  }, [question]);
  return (
    <nav className="qstrip grow" aria-label="Questions">
      {questions.map(({ key, title }, at) => {
        const tally = tallies[at] ?? noTally;
        const fresh = key === question ? 0 : newSince(visited, key, sentOf(tally));
        return (
          <Link
            key={key}
            to={{ page: 'question', lab: session.lab, question: key }}
            aria-current={key === question ? 'page' : undefined}
            title={`${key}${title ? ` ${title}` : ''}: ${tallyWords(tally)}${fresh > 0 ? `, ${String(fresh)} new` : ''}`}
          >
            <Bar tally={tally} whole={members.length} />
            <span className="cut">
              {key}
              {fresh > 0 && <b className="fresh"> +{fresh}</b>}
            </span>
            <span className="vh">
              : {tallyWords(tally)}
              {fresh > 0 && ', new since you were there'}
            </span>
          </Link>
        );
      })}
    </nav>
  );
}
