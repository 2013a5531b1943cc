import { useCallback, useState } from 'react';
import type { MyOtherEvent } from '@nbpulse/schema/wire';
import { Icon } from '../shell/icons.js';
import { Mark } from '../shell/marks.js';
import { count } from '../shell/time.js';
import { ListSection } from './listed.js';
import type { OwnApi } from './own-api.js';
import { ownTime } from './own-time.js';
import { useList } from './use-list.js';

const firstEvents = 200;
type Activity = Extract<MyOtherEvent, { kind: 'activity' }>;
type Rest = Exclude<MyOtherEvent, { kind: 'activity' }>;

/** What came beside records: passive activity, what the journal left out, numbers that were used twice. */
export function OtherEvents({ api, collected, version }: { api: OwnApi; collected: boolean; version: number }) {
  const [most, setMost] = useState(firstEvents);
  const listed = useList(
    useCallback((signal: AbortSignal) => api.activity(most, signal), [api, most]),
    version,
  );
  const events = listed.value?.events ?? [];
  const activity = events.filter((one): one is Activity => one.kind === 'activity');
  const rest = events.filter((one): one is Rest => one.kind !== 'activity');
  const all = events.length < most;
  return (
    <>
      {rest.length > 0 && (
        <ListSection
          title={rest.some((one) => one.kind === 'conflict') ? 'Left out, or came twice' : 'Left out'}
          n={rest.length}
          listed={listed}
          part="What was left out"
        >
          {() => (
            <ul className="me-rows">
              {rest.map((one) => (
                <RestRow
                  key={one.kind === 'conflict' ? `${one.stream} ${String(one.seq)} ${one.receivedAt}` : one.id}
                  event={one}
                />
              ))}
            </ul>
          )}
        </ListSection>
      )}
      {(collected || activity.length > 0) && (
        <ListSection title="Passive activity" n={activity.length} listed={listed} part="Your activity">
          {() =>
            activity.length === 0 ? (
              <p className="q2">Nothing yet. This lab collects which question’s cell ran and the class of an error.</p>
            ) : (
              <ActivityList activity={activity} all={all} onMore={() => setMost(1_000)} more={!all && most < 1_000} />
            )
          }
        </ListSection>
      )}
    </>
  );
}

function RestRow({ event }: { event: Rest }) {
  return (
    <li>
      <Icon name={event.kind === 'dropped' ? 'drop' : 'copy'} />
      {event.kind === 'dropped' ? (
        <span className="grow">
          <span className="qk">{event.question}</span> <b>{count(event.count, 'record')} left out</b>{' '}
          <span className="q2">
            on your computer, because its journal was full. The last one of the question was kept.
          </span>
        </span>
      ) : (
        <span className="grow">
          <b>Two contents under one number</b>{' '}
          <span className="q2">(record {event.seq} of a stream). Both are kept; the second is in the download.</span>
        </span>
      )}
      <time className="q3 sm" dateTime={event.receivedAt}>
        {ownTime.full(Date.parse(event.receivedAt))}
      </time>
    </li>
  );
}

const shownFolded = 5;
interface ActivityListProps {
  activity: readonly Activity[];
  /** No older ones are stored. */
  all: boolean;
  more: boolean;
  onMore: () => void;
}
function ActivityList({ activity, all, more, onMore }: ActivityListProps) {
  const [open, setOpen] = useState(false);
  const shown = open ? activity : activity.slice(0, shownFolded);
  return (
    <>
      <ol className="me-rows tight" aria-label="Passive activity, newest first">
        {shown.map((one) => (
          <li key={one.id}>
            <Mark name={one.what === 'error' ? 'error' : 'working'} size={14} />
            <span className="grow">
              {one.what === 'error' ? `${one.error ?? 'An error'} in a cell` : 'A cell ran'}
              {one.question !== null && (
                <>
                  {' '}
                  of question <span className="qk">{one.question}</span>
                </>
              )}
            </span>
            <time className="q3 sm" dateTime={one.madeAt}>
              {ownTime.day(Date.parse(one.madeAt))}, {ownTime.clock(Date.parse(one.madeAt))}
            </time>
          </li>
        ))}
      </ol>
      {activity.length > shownFolded && (
        <button type="button" className="btn small" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Fold' : `Show ${all ? 'all' : 'the newest'} ${String(activity.length)}`}
        </button>
      )}
      {open && more && (
        <button type="button" className="btn small quiet" onClick={onMore}>
          Older ones
        </button>
      )}
      {open && !more && !all && <p className="q3 sm">Older ones are in the download.</p>}
    </>
  );
}
