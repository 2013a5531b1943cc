/** One submission for staff: failed tests first, with what the student reads and what the oracle reported. */
import { useCallback, useEffect, useState } from 'react';
import type { StaffSubmission, SubmissionChange } from '@nbpulse/schema/wire';
import '../styles/grades.css';
import { gradeAgain, readExecuted, readSubmission } from '../api/labs.js';
import type { Failure } from '../api/request.js';
import { useLab } from '../class/lab-context.js';
import { useNames } from '../class/names.js';
import { StoredNotebook } from '../notebook/stored-notebook.js';
import { Icon } from '../shell/icons.js';
import { Link } from '../shell/link.js';
import { Failed, Loading } from '../shell/states.js';
import { points, size } from '../shell/time.js';
import { useToast } from '../shell/toast.js';
import { AnsiText } from '../values/traceback.js';
import { failedFirst, submissionWords } from './submission-words.js';
import { TestRow } from './test-row.js';
import type { PassedBy } from './use-failures.js';

interface SubmissionDetailProps {
  submission: string;
  /** Its newest change; when it moves on, the detail is read again. */
  change?: SubmissionChange | undefined;
  /** Inside a timeline, which has the name and links already. */
  compact?: boolean;
  /** How the class did, where the page knows. */
  passed?: PassedBy;
}

export function SubmissionDetail({ submission, change, compact = false, passed }: SubmissionDetailProps) {
  const { session, time } = useLab();
  const [detail, setDetail] = useState<StaffSubmission | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [round, setRound] = useState(0);
  const toast = useToast();
  const { nameOf } = useNames();
  const again = useCallback(() => setRound((before) => before + 1), []);
  const readRun = useCallback(
    (signal?: AbortSignal) => readExecuted(session.lab, submission, signal),
    [session.lab, submission],
  );
  const moved = change ? `${change.status} ${String(change.points)}` : '';
  useEffect(() => {
    const abort = new AbortController();
    readSubmission(session.lab, submission, abort.signal)
      .then((answer) => {
        if (answer.ok) {
          setDetail(answer.value);
          setFailure(null);
        } else setFailure(answer.failure);
      })
      .catch(() => undefined); // aborted: another one was picked
    return () => abort.abort();
  }, [session.lab, submission, moved, round]);
  if (!detail)
    return failure ? (
      <Failed part="This submission" failure={failure} again={again} />
    ) : (
      <div style={{ padding: '0 20px' }}>
        <Loading words="Loading the submission" />
      </div>
    );
  const { result } = detail;
  const ours = result?.outcome === 'sandbox-error';
  const regrade = async (): Promise<void> => {
    const answer = await gradeAgain(session.lab, submission);
    toast({ words: answer.ok ? `${detail.number} is graded again.` : answer.failure.message, wrong: !answer.ok });
    again();
  };
  const engine = [
    detail.version === null ? '' : `test version ${String(detail.version)}`,
    detail.durationMs === null ? '' : `ran ${(detail.durationMs / 1000).toFixed(1)} s`,
    detail.engine === null ? '' : `${detail.engine}, tier ${detail.tier ?? '?'}`,
    detail.attempts > 1 ? `${String(detail.attempts)} attempts` : '',
  ].filter(Boolean);
  const tests = [...(result?.tests ?? [])].sort(failedFirst);
  return (
    <>
      <div className="sub">
        <div className="row" style={{ alignItems: 'flex-end' }}>
          <div className="grow">
            {!compact && (
              <h2>
                {nameOf(detail.participant, detail.name)}, {detail.assignment}
              </h2>
            )}
            <p className="q2">
              {detail.number}, {time.full(Date.parse(detail.receivedAt))},{' '}
              {submissionWords(detail.status, result?.outcome ?? null)}
            </p>
            <p className="q3 sm" style={{ overflowWrap: 'anywhere' }}>
              {size(detail.bytes)}, sha256 <span className="mono">{detail.sha256.slice(0, 12)}…</span>
              {engine.length > 0 && `, ${engine.join(', ')}`}
            </p>
          </div>
          {result && !ours && (
            <div style={{ textAlign: 'right', whiteSpace: 'nowrap' }}>
              <span className="big">{points(result.points)}</span>{' '}
              <span className="q3">of {points(result.maxPoints)}</span>
            </div>
          )}
        </div>
        <div className="row wrap" style={{ marginTop: 10 }}>
          {!compact && (
            <Link className="btn small" to={{ page: 'student', lab: session.lab, participant: detail.participant }}>
              Timeline
            </Link>
          )}
          {detail.executed && (
            <>
              <span className="q2 sm">Executed notebook</span>
              <StoredNotebook
                title={`${detail.number} when it ran`}
                about="With the outputs of its graded run, as the student’s code gave them: never a result."
                filename={`${detail.number}.executed.ipynb`}
                read={readRun}
              />
            </>
          )}
          <span className="grow" />
          <button type="button" className="btn small quiet" onClick={() => void regrade()}>
            <Icon name="redo" />
            Grade again
          </button>
        </div>
      </div>
      {(detail.note !== null || (result?.reason ?? null) !== null || ours) && (
        <p className={result && result.outcome !== 'completed' && !ours ? 'bad-note' : 'calm-note'}>
          {ours
            ? 'This is our fault, not the student’s: it is being retried and scores nothing until it has run.'
            : (result?.reason ?? detail.note)}
          {!ours && result?.reason != null && detail.note !== null && ` ${detail.note}`}
        </p>
      )}
      {detail.status !== 'done' && detail.progress && (
        <p className="calm-note" role="status">
          Test {detail.progress.done} of {detail.progress.total}
        </p>
      )}
      {tests.length > 0 && (
        <div className="t tests-head q3 sm" aria-hidden="true">
          <span>test</span>
          <span>{passed ? 'class passed' : ''}</span>
          <span>points</span>
        </div>
      )}
      {tests.map((test) => (
        <TestRow key={test.name} test={test} passed={passed?.(test.name) ?? null} />
      ))}
      {detail.staffReason !== null && <Report title="What the grader reported" text={detail.staffReason} />}
      {detail.output !== null && detail.output !== '' && (
        <Report title="What the notebook printed" text={detail.output} />
      )}
    </>
  );
}

function Report({ title, text }: { title: string; text: string }) {
  return (
    <div className="sub">
      <h3 style={{ marginBottom: 6 }}>{title}</h3>
      <AnsiText text={text} name={title} />
    </div>
  );
}
