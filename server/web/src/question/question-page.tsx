/** What did they send to one question, and which answers are the same? */
import { useEffect, useMemo, useRef, useState } from 'react';
import '../styles/class.css';
import '../styles/class-dense.css';
import '../styles/class-narrow.css';
import '../styles/question.css';
import { newQuestion, type QuestionView } from '@nbpulse/schema/wire';
import { go } from '../address.js';
import type { RecordsView } from '../api/labs.js';
import { useLab, useModel } from '../class/lab-context.js';
import { ExpectedBar } from '../expected/expected-bar.js';
import { useExpectedDraft } from '../expected/expected-draft.js';
import { isMember, type Row } from '../live/row.js';
import { GroupTools, useGroups } from '../groups/index.js';
import { sentOf } from '../live/tally.js';
import { useKeys } from '../shell/keys.js';
import { Empty, Failed, Loading } from '../shell/states.js';
import { count } from '../shell/time.js';
import { useBand } from './band.js';
import { useDrafted } from './drafted.js';
import { useFound } from './find-name.js';
import { Missing } from './missing.js';
import { viewOf } from './question-feed.js';
import { QuestionHead } from './question-head.js';
import { QuestionStrip } from './question-strip.js';
import { Sections } from './sections.js';
import { useOrder } from './use-order.js';
import { useRecords } from './use-records.js';

const views: readonly { view: RecordsView; words: string; key: string }[] = [
  { view: 'latest', words: 'Latest', key: '1' },
  { view: 'first', words: 'First try', key: '2' },
  { view: 'all', words: 'Every record', key: '3' },
];

/** Without a question: the last that anybody has sent, or the first. */
export function QuestionPage({ question }: { question: string | null }) {
  const { session } = useLab();
  const questions = useModel((model) => model.questions);
  const last = useModel((model) => model.tallies.findLastIndex((tally) => sentOf(tally) > 0));
  const known = question ?? questions[Math.max(0, last)]?.key;
  useEffect(() => {
    if (question === null && known !== undefined)
      go({ page: 'question', lab: session.lab, question: known }, 'replace');
  }, [question, known, session.lab]);
  if (known === undefined)
    return (
      <main className="page wide" id="main" tabIndex={-1}>
        <h1 className="vh">Questions</h1>
        <Empty title="No question yet">
          <p className="q2">
            A question appears with the first <code>send(value, &quot;1&quot;)</code> that names it, or when the lab
            declares it.
          </p>
        </Empty>
      </main>
    );
  return question === null ? null : <OneQuestion question={known} />;
}

function OneQuestion({ question }: { question: string }) {
  const { session } = useLab();
  const questions = useModel((model) => model.questions);
  const rows = useModel((model) => model.rows);
  const lab = useModel((model) => model.lab);
  const [view, setView] = useState<RecordsView>('latest');
  const [wanted, setWanted] = useState('');
  const find = useRef<HTMLInputElement>(null);
  const { records, failure, again } = useRecords(question, view);
  const index = questions.findIndex(({ key }) => key === question);
  const asked = useMemo<QuestionView>(() => questions[index] ?? newQuestion(question, 0), [questions, index, question]);
  const draft = useExpectedDraft(question);
  const band = useBand(draft);
  const found = useFound(wanted);

  useEffect(() => {
    document.title = `${question} · ${lab.name} · nbpulse`;
  }, [question, lab.name]);
  const sent = useMemo(
    () => (records ? viewOf(records, view).filter((record) => isInClass(rows.get(record.participant))) : null),
    [records, view, rows],
  );
  const shown = useDrafted(sent, draft.preview);
  const grouped = useGroups(asked, shown, records);
  // Whoever merged or split groups here asked for the new order with it.
  const { groups, fresh, old, resort } = useOrder(grouped.groups ?? [], `${question} ${view} ${String(grouped.edits)}`);

  const step = (by: 1 | -1): void => {
    const next = questions[index + by];
    if (next) go({ page: 'question', lab: session.lab, question: next.key });
  };
  useKeys({
    '[': () => step(-1),
    ']': () => step(1),
    r: resort,
    '/': () => find.current?.focus(),
    ...Object.fromEntries(views.map((one) => [one.key, () => setView(one.view)])),
  });

  return (
    <>
      <section className="toolbar question-bar" aria-label="Questions">
        <QuestionStrip question={question} />
        <input
          ref={find}
          type="search"
          className="field find-name"
          placeholder="Find a name"
          aria-label="Find a name"
          aria-keyshortcuts="/"
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            setWanted('');
            event.currentTarget.blur();
          }}
        />
        <span className="seg" role="group" aria-label="Which records">
          {views.map((one) => (
            <button
              key={one.view}
              type="button"
              aria-pressed={one.view === view}
              aria-keyshortcuts={one.key}
              onClick={() => setView(one.view)}
            >
              {one.words}
            </button>
          ))}
        </span>
      </section>
      <main className="question-page" id="main" tabIndex={-1}>
        <QuestionHead question={question} title={asked.title ?? ''}>
          <ExpectedBar question={question} />
          {old && (
            <button type="button" className="btn quiet" onClick={resort}>
              {fresh.length > 0 ? count(fresh.length, 'new group') : 'Sort again'}
              <kbd>R</kbd>
            </button>
          )}
        </QuestionHead>
        {shown === null || (grouped.groups === null && shown.length > 0) ? (
          failure ? (
            <Failed part="These answers" failure={failure} again={again} />
          ) : (
            <Loading words="Loading the answers" />
          )
        ) : shown.length === 0 ? (
          <Empty title={`Nobody has sent ${question} yet`}>
            <p className="q2">
              {lab.status === 'closed'
                ? 'The lab is closed. What was made before and waits without a connection still comes in.'
                : 'Answers appear here by themselves.'}
            </p>
          </Empty>
        ) : (
          <>
            {failure && (
              <p className="q2 sm" role="status">
                Not up to date: {failure.message}
              </p>
            )}
            <GroupTools groups={grouped}>
              <Sections
                groups={groups}
                records={shown}
                view={view}
                found={found}
                band={band}
                expected={asked.expected?.answer.kind === 'value' ? asked.expected.answer.value : null}
              />
            </GroupTools>
            {fresh.length > 0 && (
              <button type="button" className="btn quiet waiting" onClick={resort}>
                {count(fresh.length, 'new group')}
                <kbd>R</kbd>
              </button>
            )}
          </>
        )}
        <Missing question={question} found={found} />
      </main>
    </>
  );
}

const isInClass = (row: Row | undefined): boolean => row !== undefined && isMember(row.participant);
