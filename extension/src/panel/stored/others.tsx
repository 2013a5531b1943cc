/** What is stored besides records: checkpoints, submissions, passive activity, and what a full journal had to give up. */
import type { MyCheckpoint, MyOtherEvent } from '@nbpulse/schema/wire';
import * as React from 'react';
import type { Reply } from '../../api.js';
import { dayHourMinuteSecond, hourMinuteSecond } from '../../clock.js';
import type { Seat } from '../../seat.js';
import { plural, shortHash } from '../words.js';

/** More are counted, not drawn: the panel stays quick; the download has all. */
const shownItems = 200;

export function Others(props: { seat: Seat }): React.ReactElement {
  const { seat } = props;
  const events = useAsked(() => seat.api.otherEvents(), [seat, seat.me?.counts.records, seat.lastSavedAt]);
  const checkpoints = useAsked(() => seat.api.checkpoints(), [seat, seat.me?.counts.checkpoints]);
  const of = <K extends MyOtherEvent['kind']>(kind: K) =>
    (events.found ?? []).filter((event): event is Extract<MyOtherEvent, { kind: K }> => event.kind === kind);
  const [activity, dropped, conflicts] = [of('activity'), of('dropped'), of('conflict')];
  return (
    <>
      {[events.problem, checkpoints.problem].map((problem) =>
        problem === null ? null : (
          <p key={problem} className="nbp-Alert" role="alert">
            {problem}
          </p>
        ),
      )}
      {dropped.map((drop) => (
        <p key={drop.id} className="nbp-pad nbp-small">
          {plural(drop.count, 'record')} of question {drop.question} never left this computer: its journal was full at{' '}
          {dayHourMinuteSecond(drop.madeAt)}.
        </p>
      ))}
      {conflicts.length === 0 ? null : (
        <p className="nbp-pad nbp-small">
          {plural(conflicts.length, 'record')} came twice with different content. Both are kept; the download has them.
        </p>
      )}
      <Group title={plural((checkpoints.found ?? []).length, 'checkpoint')} items={checkpoints.found ?? []}>
        {(checkpoint: MyCheckpoint) => (
          <li key={checkpoint.id}>
            <span>{dayHourMinuteSecond(checkpoint.madeAt)}</span>
            <code title={checkpoint.sha256}>{shortHash(checkpoint.sha256)}</code>
          </li>
        )}
      </Group>
      <Group title={plural(seat.results.length, 'submission')} items={seat.results}>
        {(view) => (
          <li key={view.id}>
            <span>{dayHourMinuteSecond(view.receivedAt)}</span>
            <code title={view.sha256}>{view.number}</code>
          </li>
        )}
      </Group>
      <Group title={`${plural(activity.length, 'cell run')} told to your teacher`} items={activity}>
        {(run) => (
          <li key={run.id}>
            <span title={dayHourMinuteSecond(run.madeAt)}>{hourMinuteSecond(run.madeAt)}</span>
            <span>
              {run.what === 'error' ? (run.error ?? 'an error') : 'ran'}
              {run.question === null ? '' : `, question ${run.question}`}
            </span>
          </li>
        )}
      </Group>
    </>
  );
}

function Group<T>(props: {
  title: string;
  items: T[];
  children: (item: T) => React.ReactElement;
}): React.ReactElement | null {
  const { items } = props;
  if (items.length === 0) return null;
  return (
    <details className="nbp-Group">
      <summary>{props.title}</summary>
      <ul>{items.slice(0, shownItems).map((item) => props.children(item))}</ul>
      {items.length > shownItems ? <p className="nbp-quiet">and {items.length - shownItems} older ones</p> : null}
    </details>
  );
}

function useAsked<T>(
  ask: () => Promise<Reply<T>>,
  when: readonly unknown[],
): { found: T | null; problem: string | null } {
  const [found, setFound] = React.useState<T | null>(null);
  const [problem, setProblem] = React.useState<string | null>(null);
  React.useEffect(() => {
    let isShown = true;
    void ask().then((reply) => {
      if (!isShown) return;
      if (reply.ok) setFound(reply.value);
      setProblem(reply.ok ? null : reply.problem.message);
    });
    return () => {
      isShown = false;
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- asked again when `when` changes, not when the function is made anew
  }, when);
  return { found, problem };
}
