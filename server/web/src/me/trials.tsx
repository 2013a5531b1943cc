import { useId } from 'react';
import type { MeView } from '@nbpulse/schema/wire';
import { Icon } from '../shell/icons.js';
import { points } from '../shell/time.js';
import { FeedbackTests } from './feedback-tests.js';
import { ownTime } from './own-time.js';

/** Runs of the visible tests without handing in: the newest of each assignment. Who never tried sees nothing of it. */
export function Trials({ me }: { me: MeView }) {
  const id = useId();
  const trials = me.trials ?? [];
  if (trials.length === 0) return null;
  const titles = new Map(me.lab.assignments.map(({ slug, title }) => [slug, title]));
  return (
    <section className="me-part" aria-labelledby={id}>
      <h2 id={id}>
        Trials <span className="q3 count">{trials.length}</span>
      </h2>
      <p className="q2">
        The newest run of the visible tests, not handed in. Your teacher sees how many there were, nothing more.
      </p>
      <ul className="me-rows">
        {trials.map(({ id: key, assignment, receivedAt, note, result }) => (
          <li key={key} className="me-submission">
            <Icon name="check" />
            <div className="grow">
              <div className="row wrap">
                <span className="grow">
                  <b>{titles.get(assignment) ?? assignment}</b>{' '}
                  <span className="q2">
                    tried <time dateTime={receivedAt}>{ownTime.full(Date.parse(receivedAt))}</time>
                  </span>
                </span>
                {result && (
                  <span>
                    <b>{points(result.points)}</b> <span className="q3">of {points(result.maxPoints)} visible</span>
                  </span>
                )}
              </div>
              {(result?.reason ?? note) !== null && <p className="q2 sm">{result?.reason ?? note}</p>}
              {result && result.tests.length > 0 && <FeedbackTests tests={result.tests} of="the trial" />}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
