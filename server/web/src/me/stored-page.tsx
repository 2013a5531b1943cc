/** What is stored about me? First in one sentence, then what holds for it, then every piece. */
import { useCallback, useEffect, useMemo } from 'react';
import type { MeView } from '@nbpulse/schema/wire';
import { Failed, Loading } from '../shell/states.js';
import { count } from '../shell/time.js';
import { ValueSourceContext } from '../values/value-source.js';
import { Checkpoints } from './checkpoints.js';
import { Devices } from './devices.js';
import { ListSection } from './listed.js';
import { OtherEvents } from './other-events.js';
import { OwnActions } from './own-actions.js';
import type { OwnApi } from './own-api.js';
import { OwnFrame } from './own-frame.js';
import { ownSource } from './own-source.js';
import { QuestionRecords } from './question-records.js';
import { SendingSwitch } from './sending-switch.js';
import { Submissions } from './submissions.js';
import { Terms, untilWhen, whoSees } from './terms.js';
import { Trials } from './trials.js';
import { useList } from './use-list.js';
import { useOwn } from './use-own.js';

interface StoredPageProps {
  api: OwnApi;
  /** The token is no good any more, or the person left. */
  onOutside: (says: string | null) => void;
  onGone: (says: string) => void;
}

export function StoredPage({ api, onOutside, onGone }: StoredPageProps) {
  const own = useOwn(api);
  const { me, failure, version, look } = own;
  const source = useMemo(() => ownSource(api), [api]);
  useEffect(() => () => source.close(), [source]);
  useEffect(() => {
    if (failure?.code === 'bad-token') onOutside(failure.message);
    else if (failure?.code === 'lab-deleted') onGone(failure.message);
  }, [failure, onOutside, onGone]);
  const questions = useList(
    useCallback((signal: AbortSignal) => api.questions(signal), [api]),
    version,
  );
  if (!me)
    return (
      <OwnFrame>
        <main className="me-page">
          <div className="me-head">
            <h1>What is stored about me</h1>
            {failure ? (
              <Failed part="This page" failure={failure} again={look} />
            ) : (
              <Loading words="Loading" lines={8} />
            )}
          </div>
        </main>
      </OwnFrame>
    );
  const newest = questions.value?.questions.reduce(
    (last, one) => (last === null || one.lastAt > last.lastAt ? one : last),
    null as { key: string; lastAt: string } | null,
  );
  return (
    <OwnFrame where={me.lab.name}>
      <ValueSourceContext.Provider value={source}>
        <main className="me-page" id="main" tabIndex={-1}>
          <div className="me-head">
            <h1>What is stored about me</h1>
            <p className="me-lead">
              <b>{me.name}</b> in {me.lab.name}, {me.course.name}: {inWords(me)}.
            </p>
            <p className="q2 sm me-short">
              {whoSees(me)} see it, {untilWhen(me)}.
            </p>
            {failure && failure.code !== 'bad-token' && (
              <p className="q2 sm" role="status">
                Not up to date: {failure.message}
              </p>
            )}
            <SendingSwitch api={api} me={me} onSet={own.set} />
          </div>
          <div className="me-lists">
            <ListSection title="Records" n={me.counts.records} listed={questions} part="Your records">
              {(value) =>
                value.questions.length === 0 ? (
                  <p className="q2">
                    None yet. Each <code>send</code> in your notebook adds one, and it appears here.
                  </p>
                ) : (
                  <ul className="me-questions">
                    {value.questions.map((question) => (
                      <QuestionRecords
                        key={question.key}
                        api={api}
                        question={question}
                        version={version}
                        mayDelete={me.lab.mayDelete}
                        startOpen={question.key === newest?.key}
                        onChanged={look}
                      />
                    ))}
                  </ul>
                )
              }
            </ListSection>
            <Checkpoints api={api} me={me} version={version} />
            <Submissions api={api} me={me} />
            <Trials me={me} />
            <OtherEvents api={api} collected={me.lab.activity} version={version} />
            <Devices api={api} version={version} />
          </div>
          <aside className="me-side" aria-label="What holds for it">
            <Terms me={me} />
            <OwnActions
              api={api}
              me={me}
              onLeft={() => onOutside('You have left. Nothing of you is in this browser.')}
            />
          </aside>
        </main>
      </ValueSourceContext.Provider>
    </OwnFrame>
  );
}

/** `14 records of 6 questions, 2 checkpoints and 1 submission`. */
export function inWords(me: Pick<MeView, 'counts' | 'questions'>): string {
  const questions = me.questions.filter((one) => one.records > 0).length;
  const parts = [
    me.counts.records > 0 ? `${count(me.counts.records, 'record')} of ${count(questions, 'question')}` : 'no record',
    me.counts.checkpoints > 0 ? count(me.counts.checkpoints, 'checkpoint') : '',
    me.counts.submissions > 0 ? count(me.counts.submissions, 'submission') : '',
  ].filter(Boolean);
  const last = parts.pop() ?? '';
  return parts.length === 0 ? last : `${parts.join(', ')} and ${last}`;
}
