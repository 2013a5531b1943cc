/** Which lab now? The open one first and larger, then drafts, then closed, each with its skyline. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { showJoinCode, type CourseView, type LabListItem, type LabStatus } from '@nbpulse/schema/wire';
import { go } from '../address.js';
import { changeLab, readLabs } from '../api/labs.js';
import type { Failure } from '../api/request.js';
import { Icon } from '../shell/icons.js';
import { useKeys } from '../shell/keys.js';
import { Link } from '../shell/link.js';
import { Menu, type MenuItem } from '../shell/menu.js';
import { useSigned } from '../shell/session.js';
import { Empty, Failed, Loading } from '../shell/states.js';
import { count, size, timeWords } from '../shell/time.js';
import { useToast } from '../shell/toast.js';
import { TopBar } from '../shell/top-bar.js';
import '../styles/labs.css';
import { CourseDialog } from './course-dialog.js';
import { DeleteLabDialog } from './delete-lab-dialog.js';
import { LabSettingsDialog } from './lab-settings-dialog.js';
import { NewLabForm } from './new-lab-form.js';
import { SkylineThumb } from './skyline-thumb.js';

const stateWords: Record<LabStatus, string> = { open: 'Open', draft: 'Draft', closed: 'Closed' };
const rank: Record<LabStatus, number> = { open: 0, draft: 1, closed: 2 };
/** The page has no socket of its own; it looks again this often while it is seen. */
const refreshMs = 15_000;

export function LabsPage() {
  const { view } = useSigned();
  useEffect(() => {
    document.title = 'Labs · nbpulse';
  }, []);
  const course = view.courses[0];
  if (!course)
    return (
      <>
        <TopBar />
        <main className="mid">
          <b>You are in no course yet</b>
          <p className="q2">Ask a course’s owner to invite you; the link that you get opens it here.</p>
        </main>
      </>
    );
  return (
    <>
      <TopBar />
      <main id="main">
        {view.courses.map((one, index) => (
          <CourseLabs key={one.id} course={one} named={view.courses.length > 1} first={index === 0} />
        ))}
      </main>
    </>
  );
}

function CourseLabs({ course, named, first }: { course: CourseView; named: boolean; first: boolean }) {
  const [labs, setLabs] = useState<readonly LabListItem[] | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [find, setFind] = useState('');
  const [making, setMaking] = useState(false);
  const [deleting, setDeleting] = useState<LabListItem | null>(null);
  const [setting, setSetting] = useState<LabListItem | null>(null);
  const [editing, setEditing] = useState(false);
  const findField = useRef<HTMLInputElement>(null);
  const toast = useToast();
  const mayChange = course.role !== 'assistant';

  const read = useCallback(async (): Promise<void> => {
    const answer = await readLabs(course.id);
    if (answer.ok) {
      setLabs(answer.value.labs);
      setFailure(null);
    } else setFailure(answer.failure);
  }, [course.id]);
  useEffect(() => {
    let wanted = true;
    const look = (): void => {
      if (document.hidden || !wanted) return;
      void readLabs(course.id).then((answer) => {
        if (!wanted) return;
        if (answer.ok) {
          setLabs(answer.value.labs);
          setFailure(null);
        } else setFailure(answer.failure);
      });
    };
    look();
    const timer = setInterval(look, refreshMs);
    document.addEventListener('visibilitychange', look);
    return () => {
      wanted = false;
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [course.id]);
  useKeys(first ? { n: () => mayChange && setMaking(true), '/': () => findField.current?.focus() } : {});

  const shown = useMemo(() => {
    const words = find.trim().toLocaleLowerCase();
    return [...(labs ?? [])]
      .filter((lab) => words === '' || `${lab.name} ${lab.joinCode}`.toLocaleLowerCase().includes(words))
      .sort((a, b) => rank[a.status] - rank[b.status] || b.createdAt.localeCompare(a.createdAt));
  }, [labs, find]);

  const setStatus = async (lab: LabListItem, status: LabStatus): Promise<void> => {
    const answer = await changeLab(lab.id, { status });
    await read();
    if (!answer.ok) toast({ words: answer.failure.message, wrong: true });
    else
      toast({
        words: `“${lab.name}” is ${stateWords[status].toLowerCase()}.`,
        undo: () => void changeLab(lab.id, { status: lab.status }).then(read),
      });
  };
  const more = (lab: LabListItem): (MenuItem | 'rule')[] => [
    ...(lab.erasedAt !== null
      ? []
      : lab.status === 'open'
        ? [{ words: 'Close', act: () => void setStatus(lab, 'closed') }]
        : [{ words: lab.status === 'draft' ? 'Open' : 'Open again', act: () => void setStatus(lab, 'open') }]),
    ...(lab.erasedAt === null ? [{ words: 'Settings…', act: () => setSetting(lab) }] : []),
    { words: 'Grades', act: () => go({ page: 'grades', lab: lab.id }) },
    'rule',
    { words: 'Delete…', act: () => setDeleting(lab) },
  ];

  return (
    <div className={`labs-page ${making ? '' : 'alone'}`}>
      <section aria-labelledby={`labs-${course.id}`}>
        <div className="row wrap" style={{ marginBottom: 16 }}>
          {named && !first ? (
            <h2 id={`labs-${course.id}`} className="grow">
              {course.name}
            </h2>
          ) : (
            <h1 id={`labs-${course.id}`} className="grow">
              {named ? course.name : 'Labs'}
            </h1>
          )}
          <div className="row wrap">
            <label className="vh" htmlFor={`find-${course.id}`}>
              Find a lab
            </label>
            <input
              ref={findField}
              className="field"
              id={`find-${course.id}`}
              type="search"
              placeholder="Find"
              style={{ width: 180 }}
              value={find}
              onChange={(event) => setFind(event.target.value)}
            />
            {mayChange && (
              <Link className="btn quiet" to={{ page: 'assignments', course: course.id }}>
                Assignments
              </Link>
            )}
            {course.role === 'owner' && (
              <button type="button" className="btn quiet" onClick={() => setEditing(true)}>
                Course…
              </button>
            )}
            {mayChange && (
              <button
                type="button"
                className="btn"
                aria-expanded={making}
                aria-controls={making ? 'new-lab' : undefined}
                onClick={() => setMaking(!making)}
              >
                <Icon name="plus" />
                New lab<kbd>N</kbd>
              </button>
            )}
          </div>
        </div>
        {labs === null ? (
          failure ? (
            <Failed part="The labs" failure={failure} again={() => void read()} />
          ) : (
            <Loading words="Loading the labs" />
          )
        ) : labs.length === 0 ? (
          <Empty title="No lab yet">
            <p className="q2">
              A lab is one live sitting of a class. Make one, give students its join code, and they appear here.
            </p>
            {mayChange && !making && (
              <div className="row">
                <button type="button" className="btn main" onClick={() => setMaking(true)}>
                  New lab
                </button>
              </div>
            )}
          </Empty>
        ) : (
          <table className="labs">
            <thead>
              <tr>
                <th scope="col" style={{ width: 104 }}>
                  State
                </th>
                <th scope="col">Lab</th>
                <th scope="col" style={{ width: 122 }}>
                  Join code
                </th>
                <th scope="col" style={{ width: 108 }}>
                  Students
                </th>
                <th scope="col" style={{ width: 150 }}>
                  Questions sent
                </th>
                <th scope="col" style={{ width: 40 }}>
                  <span className="vh">More</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((lab) => (
                <tr key={lab.id} className={lab.status === 'open' ? 'now' : ''}>
                  <td>
                    <span className="st">
                      <span className={`dot-${lab.status}`} />
                      {lab.erasedAt === null ? stateWords[lab.status] : 'Erased'}
                    </span>
                  </td>
                  <td>
                    <Link className="nm" to={{ page: 'class', lab: lab.id }}>
                      {lab.name}
                    </Link>
                    <div className="q3 sm">{aboutLab(lab, course.timeZone)}</div>
                  </td>
                  <td className="code">{showJoinCode(lab.joinCode.replace('-', ''))}</td>
                  <td>{lab.participants > 0 ? count(lab.participants, 'student') : <span className="q3">–</span>}</td>
                  <td>
                    {lab.questions.length === 0 ? (
                      <span className="q3">none yet</span>
                    ) : lab.participants === 0 ? (
                      <span className="q3">{count(lab.questions.length, 'question')}</span>
                    ) : (
                      <SkylineThumb lab={lab} />
                    )}
                  </td>
                  <td>
                    {mayChange && (
                      <Menu
                        className="btn quiet icon small"
                        arrow={false}
                        side="right"
                        label={<Icon name="more" />}
                        name={`More for ${lab.name}`}
                        items={more(lab)}
                      />
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {labs !== null && labs.length > 0 && shown.length === 0 && (
          <Empty title={`No lab is called “${find}”`}>
            <div className="row">
              <button type="button" className="btn" onClick={() => setFind('')}>
                Show all
              </button>
            </div>
          </Empty>
        )}
        {labs !== null && failure && (
          <p className="q2 sm" role="status" style={{ marginTop: 12 }}>
            Not up to date: {failure.message}
          </p>
        )}
      </section>
      {making && (
        <NewLabForm
          course={course.id}
          onClose={() => setMaking(false)}
          onMade={(lab) => {
            setMaking(false);
            if (lab.status === 'open') go({ page: 'class', lab: lab.id });
            else {
              toast({ words: `“${lab.name}” is saved as a draft.` });
              void read();
            }
          }}
        />
      )}
      {deleting && (
        <DeleteLabDialog
          lab={deleting}
          onClose={() => setDeleting(null)}
          onDeleted={() => {
            toast({ words: `“${deleting.name}” is deleted.` });
            setDeleting(null);
            void read();
          }}
        />
      )}
      {setting && (
        <LabSettingsDialog
          lab={setting}
          onClose={() => setSetting(null)}
          onSaved={() => {
            toast({ words: `The settings of “${setting.name}” are saved.` });
            setSetting(null);
            void read();
          }}
        />
      )}
      {editing && <CourseDialog course={course} onClose={() => setEditing(false)} />}
    </div>
  );
}

function aboutLab(lab: LabListItem, timeZone: string): string {
  const time = timeWords(timeZone);
  const records = lab.records > 0 ? `${count(lab.records, 'record')}, ${size(lab.storageBytes)}` : '';
  if (lab.status === 'open' && lab.openedAt !== null)
    return [`since ${time.full(Date.parse(lab.openedAt))}`, furthest(lab), records].filter(Boolean).join(' · ');
  if (lab.erasedAt !== null) return `erased on ${time.date(Date.parse(lab.erasedAt))}, as its students were told`;
  if (lab.status === 'closed' && lab.closedAt !== null) {
    const erased = lab.eraseAt === null ? '' : `will be erased on ${time.date(Date.parse(lab.eraseAt))}`;
    return [time.full(Date.parse(lab.closedAt)), records, erased].filter(Boolean).join(' · ');
  }
  return lab.description === '' ? `made ${time.full(Date.parse(lab.createdAt))}` : lab.description;
}
/** The last question that half of the class has sent, in words. */
function furthest(lab: LabListItem): string {
  const half = lab.participants / 2;
  const last = lab.questions.findLast(({ answered }) => answered >= half && answered > 0);
  return last ? `half the class has sent ${last.key}` : '';
}
