import { useState } from 'react';
import type { SubmissionChange } from '@nbpulse/schema/wire';
import { useLab } from '../class/lab-context.js';
import { SubmissionDetail } from '../grades/submission-detail.js';
import { submissionWords } from '../grades/submission-words.js';
import { points } from '../shell/time.js';

/** A submission in the timeline; its feedback opens in place. Assistants see that it was handed in, and no grade. */
export function SubmissionLine({ submission }: { submission: SubmissionChange }) {
  const { teacher } = useLab();
  const [open, setOpen] = useState(false);
  return (
    <div className="grow">
      <span className="row wrap">
        <b>Submission</b>
        <span>
          {submission.assignment}
          {teacher && submission.points !== null && (
            <>
              , <b>{points(submission.points)}</b> of {points(submission.maxPoints ?? 0)}
            </>
          )}
        </span>
        <span className="q3">
          {submission.number}, {submissionWords(submission.status, submission.outcome)}
        </span>
        {teacher && (
          <button type="button" className="btn small" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? 'Fold' : 'Feedback'}
          </button>
        )}
      </span>
      {open && (
        <div className="panel" style={{ marginTop: 8 }}>
          <SubmissionDetail submission={submission.id} change={submission} compact />
        </div>
      )}
    </div>
  );
}
