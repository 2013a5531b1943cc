/** What happened to this one? The strip chart first, then every event, oldest first. */
import { lazy, Suspense, useEffect, useState } from 'react';
import type { CheckpointChange, Timeline } from '@nbpulse/schema/wire';
import '../styles/student.css';
import { go } from '../address.js';
import { useLab, useModel } from '../class/lab-context.js';
import { sorted } from '../live/row-order.js';
import { useKeys } from '../shell/keys.js';
import { PresenceMark, presenceName, presenceWords } from '../shell/marks.js';
import { Failed, Loading } from '../shell/states.js';
import { points } from '../shell/time.js';
import { foldedOf } from './fold.js';
import { StripChart } from './strip-chart.js';
import { StudentRail } from './student-rail.js';
import { TimelineLine } from './timeline-line.js';
import { useTimeline } from './use-timeline.js';

const NotebookDialog = lazy(() =>
  import('./notebook-dialog.js').then((module) => ({ default: module.NotebookDialog })),
);

export function StudentPage({ participant }: { participant: string }) {
  const { session } = useLab();
  const { timeline, failure, again } = useTimeline(participant);
  const row = useModel((model) => model.rows.get(participant));
  const labName = useModel((model) => model.lab.name);
  const [notebook, setNotebook] = useState<CheckpointChange | null>(null);
  const name = row?.participant.name ?? timeline?.participant.name ?? '';
  useEffect(() => {
    document.title = `${name === '' ? 'Student' : name} · ${labName} · nbpulse`;
  }, [name, labName]);
  const walk = (by: 1 | -1): void => {
    const { model } = session.store;
    if (!model) return;
    const all = sorted(model, 'name', []);
    const next = all[all.indexOf(participant) + by];
    if (next !== undefined) go({ page: 'student', lab: session.lab, participant: next });
  };
  useKeys({ j: () => walk(1), k: () => walk(-1) });

  return (
    <div className="page student-page">
      <main id="main" tabIndex={-1}>
        <div className="who-head">
          <h1>{name === '' ? '…' : name}</h1>
          {row && (
            <span className="q3">
              <PresenceMark presence={row.presence} /> {presenceWords[presenceName(row.presence)]}
              {row.participant.unverified && ', unverified'}
              {row.participant.removed && ', removed from the class'}
            </span>
          )}
          {timeline && <Score timeline={timeline} />}
        </div>
        {timeline === null ? (
          failure ? (
            <Failed part="This student’s timeline" failure={failure} again={again} />
          ) : (
            <Loading words="Loading the timeline" lines={12} />
          )
        ) : (
          <>
            {failure && (
              <p className="q2 sm" role="status">
                Not up to date: {failure.message}
              </p>
            )}
            <StripChart timeline={timeline} />
            <Lines timeline={timeline} onOpen={setNotebook} />
          </>
        )}
      </main>
      {timeline && <StudentRail timeline={timeline} />}
      {notebook && (
        <Suspense fallback={null}>
          <NotebookDialog lab={session.lab} checkpoint={notebook} who={name} onClose={() => setNotebook(null)} />
        </Suspense>
      )}
    </div>
  );
}

/** A very long timeline shows its end first; what was before comes when asked for. */
const lastLines = 200;
function Lines({ timeline, onOpen }: { timeline: Timeline; onOpen: (checkpoint: CheckpointChange) => void }) {
  const [all, setAll] = useState(false);
  const lines = foldedOf(timeline.items);
  const from = all ? 0 : Math.max(0, lines.length - lastLines);
  return (
    <>
      {from > 0 && (
        <button type="button" className="btn" style={{ marginTop: 16 }} onClick={() => setAll(true)}>
          Show {from} earlier lines
        </button>
      )}
      <ol className="tl" aria-label="Timeline">
        {lines.slice(from).map((line, index) => (
          <TimelineLine key={from + index} line={line} onOpen={onOpen} checkpoints={timeline.items} />
        ))}
      </ol>
    </>
  );
}

function Score({ timeline }: { timeline: Timeline }) {
  const done = timeline.items.flatMap((item) =>
    item.kind === 'submission' && item.submission.points !== null ? [item.submission] : [],
  );
  const last = done[done.length - 1];
  if (!last || last.points === null) return null;
  return (
    <div className="score">
      <b>{points(last.points)}</b>{' '}
      <span className="q3">
        of {points(last.maxPoints ?? 0)}, {last.number}
      </span>
    </div>
  );
}
