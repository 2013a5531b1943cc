import type { ReactNode } from 'react';
import type { NotebookRunView } from '@nbpulse/schema/wire';
import { count, type TimeWords } from '../shell/time.js';
import { Mark } from '../shell/marks.js';

const stateWords = (run: NotebookRunView): string => {
  switch (run.state) {
    case 'waiting':
      return 'waiting for the sandbox';
    case 'running':
      return 'running, a minute at most';
    case 'done':
      return `done, ${count(run.questions.length, 'question')} sent`;
    case 'failed':
      return 'failed';
    default:
      return run.state satisfies never;
  }
};

interface RunLineProps {
  run: NotebookRunView;
  time: TimeWords;
  /** Null while nobody knows. */
  workerThere: boolean | null;
  children: ReactNode;
}

/** One run: file, state, who and when, and what did not go well. */
export function RunLine({ run, time, workerThere, children }: RunLineProps) {
  const mark = run.state === 'done' ? 'right' : run.state === 'failed' ? 'error' : 'working';
  return (
    <>
      <div className="nb-run panel">
        <Mark name={mark} size={16} />
        <div className="what">
          <b className="file">{run.filename}</b>
          <span className="q2 sm" role="status">
            {stateWords(run)}
          </span>
          <span className="q3 xs">
            {run.startedBy === null ? '' : `${run.startedBy}, `}
            {time.full(Date.parse(run.createdAt))}
          </span>
        </div>
        {children}
      </div>
      {run.state === 'waiting' && workerThere === false && (
        <p className="nb-note" role="alert">
          No worker with a sandbox is connected, so nothing runs yet. On the server’s host{' '}
          <code>npx nbpulse doctor</code> says what is missing; the notebook waits here and runs by itself once one is
          there.
        </p>
      )}
      {run.message !== null && (
        <p
          className={run.state === 'failed' ? 'nb-note wrong' : 'nb-note'}
          role={run.state === 'failed' ? 'alert' : 'note'}
        >
          {run.message}
        </p>
      )}
    </>
  );
}
