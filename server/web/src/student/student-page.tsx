/** What happened to this one? The strip chart first, then every event, oldest first. */
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from 'react';
import type { Timeline } from '@nbpulse/schema/wire';
import '../styles/student.css';
import { go } from '../address.js';
import { useLab, useModel } from '../class/lab-context.js';
import { useNames } from '../class/names.js';
import { sorted } from '../live/row-order.js';
import { useKeys } from '../shell/keys.js';
import { PresenceMark, presenceName, presenceWords } from '../shell/marks.js';
import { Failed, Loading } from '../shell/states.js';
import { count, points } from '../shell/time.js';
import { isOut } from './record-mark.js';
import { Lines } from './lines.js';
import { useLinked } from './linked.js';
import { StripChart } from './strip-chart.js';
import { StudentRail } from './student-rail.js';
import { useTimeline } from './use-timeline.js';

const CheckpointDialog = lazy(() =>
  import('./checkpoint-dialog.js').then((module) => ({ default: module.CheckpointDialog })),
);

export function StudentPage({ participant }: { participant: string }) {
  const { session } = useLab();
  const { timeline, failure, again } = useTimeline(participant);
  const row = useModel((model) => model.rows.get(participant));
  const labName = useModel((model) => model.lab.name);
  const [notebook, setNotebook] = useState<string | null>(null);
  const { nameOf } = useNames();
  const main = useRef<HTMLElement>(null);
  useLinked(main);
  const checkpoints = useMemo(
    () => timeline?.items.flatMap((item) => (item.kind === 'checkpoint' ? [item.checkpoint] : [])) ?? [],
    [timeline],
  );
  const name = row || timeline ? nameOf(participant, timeline?.participant.name) : '';
  useEffect(() => {
    document.title = `${name === '' ? 'Student' : name} · ${labName} · nbpulse`;
  }, [name, labName]);
  const walk = (by: 1 | -1): void => {
    const { model } = session.store;
    if (!model) return;
    const all = sorted(model, 'name', [], nameOf);
    const next = all[all.indexOf(participant) + by];
    if (next !== undefined) go({ page: 'student', lab: session.lab, participant: next });
  };
  useKeys({ j: () => walk(1), k: () => walk(-1) });

  return (
    <div className="page student-page">
      <main id="main" tabIndex={-1} ref={main}>
        <div className="who-head">
          <h1>{row?.participant.erasedAt != null ? 'Erased student' : name === '' ? '…' : name}</h1>
          {row?.participant.erasedAt === null && (
            <span className="q3">
              <PresenceMark
                presence={row.presence}
                sending={row.participant.sending}
                opened={row.participant.openedAt !== null}
              />{' '}
              {presenceWords[presenceName(row.presence, row.participant.sending, row.participant.openedAt !== null)]}
              {row.participant.unverified && ', unverified'}
              {row.participant.removed && ', removed from the class'}
            </span>
          )}
          {timeline && <Span timeline={timeline} />}
          {timeline && <Score timeline={timeline} />}
        </div>
        {row?.participant.erasedAt != null ? (
          <Erased at={row.participant.erasedAt} />
        ) : timeline === null ? (
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
            <Lines timeline={timeline} checkpoints={checkpoints} onOpen={(one) => setNotebook(one.id)} />
          </>
        )}
      </main>
      {timeline && row?.participant.erasedAt == null && <StudentRail timeline={timeline} />}
      {notebook && (
        <Suspense fallback={null}>
          <CheckpointDialog checkpoints={checkpoints} opened={notebook} who={name} onClose={() => setNotebook(null)} />
        </Suspense>
      )}
    </div>
  );
}

function Erased({ at }: { at: string }) {
  const { session, time } = useLab();
  return (
    <div className="mid">
      <b>Everything about this student was erased on {time.date(Date.parse(at))}</b>
      <p className="q2">
        Name, records, notebooks, submissions and grades are gone from every lab of the course, and cannot be brought
        back. That somebody took part is all that is left.
      </p>
      <div className="row">
        <button type="button" className="btn" onClick={() => go({ page: 'class', lab: session.lab })}>
          To the class
        </button>
      </div>
    </div>
  );
}

/** `in the notebook 13:19 to 15:03, 8 of 10 questions answered` */
function Span({ timeline }: { timeline: Timeline }) {
  const { time } = useLab();
  const questions = useModel((model) => model.questions.length);
  const [first, last] = [timeline.items[0], timeline.items[timeline.items.length - 1]];
  if (!first || !last) return null;
  const answered = new Set(
    timeline.items.flatMap((item) =>
      item.kind === 'record' && !isOut(item.record) && !item.record.error && item.record.verdict !== 'reached'
        ? [item.record.question]
        : [],
    ),
  ).size;
  const [from, to] = [Date.parse(first.at), Date.parse(last.at)];
  const sameDay = time.day(from) === time.day(to);
  return (
    <span className="q3">
      {sameDay ? `${time.short(from)} to ${time.short(to)}` : `${time.full(from)} to ${time.full(to)}`}, {answered} of{' '}
      {count(questions, 'question')} answered
    </span>
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
