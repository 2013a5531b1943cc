import { useCallback, useId } from 'react';
import type { MeView, SubmissionView } from '@nbpulse/schema/wire';
import { submissionWords } from '../grades/submission-words.js';
import { Icon } from '../shell/icons.js';
import { points, size } from '../shell/time.js';
import type { OwnApi } from './own-api.js';
import { FeedbackTests } from './feedback-tests.js';
import { ownTime } from './own-time.js';
import { StoredNotebook } from '../notebook/stored-notebook.js';

/** Receipts, and the feedback that the author allows. They come with `GET /me`, so they have no state of their own. */
export function Submissions({ api, me }: { api: OwnApi; me: MeView }) {
  const id = useId();
  const titles = new Map(me.lab.assignments.map(({ slug, title }) => [slug, title]));
  return (
    <section className="me-part" aria-labelledby={id}>
      <h2 id={id}>
        Submissions {me.submissions.length > 0 && <span className="q3 count">{me.submissions.length}</span>}
      </h2>
      {me.submissions.length === 0 ? (
        <p className="q2">None. What you hand in appears here with its receipt.</p>
      ) : (
        <ul className="me-rows">
          {[...me.submissions].reverse().map((submission) => (
            <Submission
              key={submission.id}
              api={api}
              submission={submission}
              title={titles.get(submission.assignment) ?? submission.assignment}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

function Submission({ api, submission, title }: { api: OwnApi; submission: SubmissionView; title: string }) {
  const { id, result } = submission;
  const read = useCallback((signal?: AbortSignal) => api.submissionNotebook(id, signal), [api, id]);
  const readExecuted = useCallback((signal?: AbortSignal) => api.executedNotebook(id, signal), [api, id]);
  // A fault of ours is no result.
  const graded = result !== null && result.outcome !== 'sandbox-error' ? result : null;
  return (
    <li className="me-submission">
      <Icon name="up" />
      <div className="grow">
        <div className="row wrap">
          <span className="grow">
            <b>{title}</b>{' '}
            <span className="q2">
              {submission.number}, {submissionWords(submission.status, result?.outcome ?? null)}
            </span>
          </span>
          {graded && (
            <span>
              <b>{points(graded.points)}</b> <span className="q3">of {points(graded.maxPoints)}</span>
            </span>
          )}
        </div>
        <div className="row wrap">
          <span className="grow q3 sm me-receipt">
            received <time dateTime={submission.receivedAt}>{ownTime.full(Date.parse(submission.receivedAt))}</time>,{' '}
            {size(submission.bytes)}, sha256 <span className="mono">{submission.sha256.slice(0, 12)}…</span>
          </span>
          <StoredNotebook
            title={`${submission.number}, ${title}`}
            about={`${size(submission.bytes)}, sha256 ${submission.sha256}`}
            filename={`${submission.number}.ipynb`}
            read={read}
          />
        </div>
        {submission.executed && (
          <div className="row wrap">
            <span className="grow q3 sm">the same, with the outputs of its graded run</span>
            <StoredNotebook
              title={`${submission.number} when it ran, ${title}`}
              about="With the outputs of its graded run. It ran before the tests, so nothing of theirs is in it."
              filename={`${submission.number}.executed.ipynb`}
              read={readExecuted}
            />
          </div>
        )}
        {(submission.note ?? graded?.reason ?? null) !== null && (
          <p className="q2 sm">{graded?.reason ?? submission.note}</p>
        )}
        {graded && graded.tests.length > 0 && <FeedbackTests tests={graded.tests} of={submission.number} />}
      </div>
    </li>
  );
}
