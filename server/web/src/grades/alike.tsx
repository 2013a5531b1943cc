/** Which tests fail most, and who fails one the same way: a click lists them, a name opens the submission. */
import { useId, useState } from 'react';
import type { FailureTable } from '@nbpulse/schema/wire';
import { useNames } from '../class/names.js';
import { Mark, markOfTest } from '../shell/marks.js';
import { Failed, Loading } from '../shell/states.js';
import { count } from '../shell/time.js';
import { testWords } from './submission-words.js';
import type { Failures } from './use-failures.js';

interface AlikeProps {
  failures: Failures;
  onPick: (participant: string, slug: string) => void;
}

type Test = FailureTable['assignments'][number]['tests'][number];
type Group = Test['groups'][number];
const fewTests = 8;
const fewGroups = 4;

export function Alike({ failures: { table, failure }, onPick }: AlikeProps) {
  if (!table) return failure ? <Failed part="What fails alike" failure={failure} /> : <Loading words="Loading tests" />;
  const graded = table.assignments.filter(({ students }) => students > 0);
  return (
    <>
      {graded.length === 0 && <p className="q2">Nothing is graded yet. What fails alike is put together here.</p>}
      {graded.map((assignment) => (
        <Assignment key={assignment.slug} assignment={assignment} onPick={(who) => onPick(who, assignment.slug)} />
      ))}
    </>
  );
}

interface AssignmentProps {
  assignment: FailureTable['assignments'][number];
  onPick: (participant: string) => void;
}

function Assignment({ assignment, onPick }: AssignmentProps) {
  const { title, students, tests } = assignment;
  const id = useId();
  const [all, setAll] = useState(false);
  return (
    <section className="alike" aria-labelledby={id}>
      <h3 id={id}>
        {title} <span className="q3">{count(students, 'student')} graded</span>
      </h3>
      {tests.length === 0 && <p className="q2">Every test passes for everybody.</p>}
      <ul>
        {(all ? tests : tests.slice(0, fewTests)).map((test) => (
          <TestFailures key={test.name} test={test} students={students} onPick={onPick} />
        ))}
      </ul>
      {!all && tests.length > fewTests && (
        <button type="button" className="btn quiet small" onClick={() => setAll(true)}>
          and {tests.length - fewTests} more tests
        </button>
      )}
    </section>
  );
}

interface TestFailuresProps {
  test: Test;
  students: number;
  onPick: (participant: string) => void;
}

function TestFailures({ test, students, onPick }: TestFailuresProps) {
  const [all, setAll] = useState(false);
  const groups = all ? test.groups : test.groups.slice(0, fewGroups);
  return (
    <li>
      <div className="row">
        <code className="grow">{test.name}</code>
        {!test.visible && <span className="tag">hidden</span>}
        <span className="fails">
          <b>{test.failed}</b> <span className="q3">of {students} fail</span>
        </span>
      </div>
      <svg className="share" width="100%" height="4" aria-hidden="true">
        <rect width="100%" height="4" fill="var(--line)" />
        <rect width={`${String((test.failed / students) * 100)}%`} height="4" fill="var(--wrong)" />
      </svg>
      <ul>
        {groups.map((group) => (
          <GroupOfAlike key={`${group.status} ${group.what}`} group={group} onPick={onPick} />
        ))}
      </ul>
      {test.groups.length > groups.length && (
        <button type="button" className="btn quiet small" onClick={() => setAll(true)}>
          and {test.groups.length - groups.length} more ways
        </button>
      )}
    </li>
  );
}

function GroupOfAlike({ group, onPick }: { group: Group; onPick: (participant: string) => void }) {
  const [open, setOpen] = useState(false);
  const { nameOf } = useNames();
  const { status, students, what } = group;
  return (
    <li>
      <button type="button" className="way" aria-expanded={open} onClick={() => setOpen(!open)}>
        <b>{students.length}</b>
        <Mark name={markOfTest(status)} size={14} />
        <span className="vh">{testWords[status]}: </span>
        <code className={open ? undefined : 'clamped'}>{what === '' ? testWords[status] : what}</code>
      </button>
      {open && (
        <p className="people">
          {students.map(({ participant, name, submission }, index) => (
            <span key={submission}>
              {index > 0 && ', '}
              <button type="button" className="link" onClick={() => onPick(participant)}>
                {nameOf(participant, name)}
              </button>
            </span>
          ))}
        </p>
      )}
    </li>
  );
}
