/** What did they send to one question, and which answers are the same? */
import { useEffect, useMemo, useState } from 'react';
import '../styles/class.css';
import '../styles/class-dense.css';
import '../styles/class-narrow.css';
import '../styles/question.css';
import { go } from '../address.js';
import type { RecordsView } from '../api/labs.js';
import { useLab, useModel } from '../class/lab-context.js';
import { Bar, tallyWords } from '../class/skyline.js';
import { useKeys } from '../shell/keys.js';
import { Link } from '../shell/link.js';
import { Mark } from '../shell/marks.js';
import { Empty, Failed, Loading } from '../shell/states.js';
import { count } from '../shell/time.js';
import { GroupList } from './group-list.js';
import { groupsOf, inOrder, nameOf, sections, sectionWords, viewOf, type Group } from './question-feed.js';
import { NumberPlot } from './number-plot.js';
import { PictureWall } from './picture-wall.js';
import { useRecords } from './use-records.js';

const viewWords: Record<RecordsView, string> = { latest: 'Latest', first: 'First try', all: 'Every record' };

/** Without a question: the one that most are on, or the first. */
export function QuestionPage({ question }: { question: string | null }) {
  const { session } = useLab();
  const questions = useModel((model) => model.questions);
  const tallies = useModel((model) => model.tallies);
  const known =
    question ??
    questions[
      Math.max(
        0,
        tallies.findLastIndex((tally) => tally.answered + tally.error > 0),
      )
    ]?.key;
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
  const tallies = useModel((model) => model.tallies);
  const members = useModel((model) => model.members);
  const rows = useModel((model) => model.rows);
  const labName = useModel((model) => model.lab.name);
  const [view, setView] = useState<RecordsView>('latest');
  const { records, failure, again } = useRecords(question, view);
  const index = questions.findIndex(({ key }) => key === question);
  const tally = tallies[index] ?? { answered: 0, error: 0, working: 0 };
  const title = questions[index]?.title ?? '';
  const sent = tally.answered + tally.error;

  useEffect(() => {
    document.title = `${question} · ${labName} · nbpulse`;
  }, [question, labName]);
  useEffect(() => {
    document.querySelector('.qstrip [aria-current]')?.scrollIntoView({ inline: 'nearest', block: 'nearest' });
  }, [question]);
  const step = (by: 1 | -1): void => {
    const next = questions[index + by];
    if (next) go({ page: 'question', lab: session.lab, question: next.key });
  };
  useKeys({ '[': () => step(-1), ']': () => step(1) });

  const shown = useMemo(
    () => (records ? viewOf(records, view).filter((record) => isMember(rows.get(record.participant))) : null),
    [records, view, rows],
  );
  const groups = useMemo(() => (shown ? groupsOf(shown) : []), [shown]);
  const [order, setOrder] = useState<{ view: RecordsView; names: readonly string[] } | null>(null);
  // The first groups of a view set the order; later ones join below until they are sorted in.
  if (groups.length > 0 && order?.view !== view) setOrder({ view, names: groups.map(nameOf) });
  const ordered = order ? inOrder(groups, order.names) : groups;
  const fresh = order ? groups.filter((group) => !order.names.includes(nameOf(group))).length : 0;
  const outOfOrder = groups.some((group, at) => nameOf(group) !== (ordered[at] ? nameOf(ordered[at]) : ''));
  const resort = (): void => setOrder({ view, names: groups.map(nameOf) });
  useKeys({ r: resort });

  const missing = members.filter((id) => rows.get(id)?.cells.has(question) !== true);
  return (
    <>
      <section className="toolbar question-bar" aria-label="Questions">
        <nav className="qstrip grow" aria-label="Questions">
          {questions.map(({ key }, at) => {
            const one = tallies[at] ?? { answered: 0, error: 0, working: 0 };
            return (
              <Link
                key={key}
                to={{ page: 'question', lab: session.lab, question: key }}
                aria-current={key === question ? 'page' : undefined}
              >
                <Bar answered={one.answered} error={one.error} working={one.working} whole={members.length} />
                <span className="cut">{key}</span>
                <span className="vh">: {tallyWords(one)}</span>
              </Link>
            );
          })}
        </nav>
        <span className="seg" role="group" aria-label="Which records">
          {(Object.keys(viewWords) as RecordsView[]).map((one) => (
            <button key={one} type="button" aria-pressed={one === view} onClick={() => setView(one)}>
              {viewWords[one]}
            </button>
          ))}
        </span>
      </section>
      <main className="question-page" id="main" tabIndex={-1}>
        <div className="qhead">
          <h1>
            {title === '' ? `Question ${question}` : <span className="k">{question}</span>} {title}
          </h1>
          <div className="tally">
            <span>
              <b>{sent}</b> of {members.length} sent
            </span>
            {tally.answered > 0 && (
              <span>
                <Mark name="answered" size={14} /> <b>{tally.answered}</b> answered
              </span>
            )}
            {tally.error > 0 && (
              <span>
                <Mark name="error" size={14} /> <b>{tally.error}</b> error
              </span>
            )}
            {tally.working > 0 && (
              <span>
                <Mark name="working" size={14} /> <b>{tally.working}</b> working
              </span>
            )}
          </div>
          <span className="grow" />
          {outOfOrder && (
            <button type="button" className="btn quiet" onClick={resort}>
              {fresh > 0 ? count(fresh, 'new group') : 'Largest first'}
              <kbd>R</kbd>
            </button>
          )}
        </div>
        {shown === null ? (
          failure ? (
            <Failed part="These answers" failure={failure} again={again} />
          ) : (
            <Loading words="Loading the answers" />
          )
        ) : shown.length === 0 ? (
          <Empty title={`Nobody has sent ${question} yet`}>
            <p className="q2">Answers appear here by themselves.</p>
          </Empty>
        ) : (
          <>
            {failure && (
              <p className="q2 sm" role="status">
                Not up to date: {failure.message}
              </p>
            )}
            <Sections groups={ordered} view={view} />
          </>
        )}
        {missing.length > 0 && members.length > 0 && (
          <Missing names={missing.map((id) => rows.get(id)?.participant.name ?? '')} />
        )}
      </main>
    </>
  );
}

const isMember = (row: { participant: { removed: boolean } } | undefined): boolean =>
  row?.participant.removed === false;

function Sections({ groups, view }: { groups: readonly Group[]; view: RecordsView }) {
  const present = sections.filter((section) => groups.some((group) => group.section === section));
  return present.map((section) => {
    const own = groups.filter((group) => group.section === section);
    const n = own.reduce((sum, group) => sum + group.records.length, 0);
    return (
      <section key={section} aria-label={sectionWords[section]} className="qsection">
        {present.length > 1 && (
          <h2>
            {sectionWords[section]} <span className="q3">{n}</span>
          </h2>
        )}
        {section === 'number' && <NumberPlot records={own.flatMap((group) => group.records)} />}
        {section === 'picture' ? <PictureWall groups={own} /> : <GroupList groups={own} view={view} />}
      </section>
    );
  });
}

const fewNames = 12;
function Missing({ names }: { names: readonly string[] }) {
  const [open, setOpen] = useState(false);
  const shown = open ? names : names.slice(0, fewNames);
  return (
    <p className="q3 sm missing">
      No answer yet: {shown.join(', ')}
      {names.length > shown.length && (
        <>
          {' '}
          <button type="button" className="btn quiet small" onClick={() => setOpen(true)}>
            and {names.length - shown.length} more
          </button>
        </>
      )}
    </p>
  );
}
