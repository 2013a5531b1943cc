/** Everybody in the lab, to find one by name. */
import { useEffect, useMemo, useRef, useState } from 'react';
import '../styles/student.css';
import { useLab, useModel, useNow } from '../class/lab-context.js';
import { sorted } from '../live/row-order.js';
import { useKeys } from '../shell/keys.js';
import { Link } from '../shell/link.js';
import { PresenceMark, presenceName, presenceWords } from '../shell/marks.js';
import { Empty } from '../shell/states.js';
import { ago } from '../shell/time.js';

const firstRows = 300;

export function StudentsPage() {
  const { session, time } = useLab();
  const members = useModel((model) => model.members);
  const rows = useModel((model) => model.rows);
  const labName = useModel((model) => model.lab.name);
  const questions = useModel((model) => model.questions.length);
  const now = useNow(10_000);
  const [find, setFind] = useState('');
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    document.title = `Students · ${labName} · nbpulse`;
  }, [labName]);
  useKeys({ '/': () => field.current?.focus() });
  const order = useMemo(() => {
    const { model } = session.store;
    // `members` is replaced when somebody comes or goes.
    return model && members.length > 0 ? sorted(model, 'name', []) : [];
  }, [session, members]);
  const words = find.trim().toLocaleLowerCase();
  const found = order.filter(
    (id) => words === '' || (rows.get(id)?.participant.name.toLocaleLowerCase().includes(words) ?? false),
  );
  return (
    <main className="students-page" id="main" tabIndex={-1}>
      <div className="row wrap" style={{ padding: '16px 0 10px' }}>
        <h1 className="grow">
          Students <span className="q3 count">{members.length}</span>
        </h1>
        <label className="vh" htmlFor="find-student">
          Find a student
        </label>
        <input
          ref={field}
          id="find-student"
          className="field"
          type="search"
          placeholder="Find"
          value={find}
          onChange={(event) => setFind(event.target.value)}
        />
      </div>
      {members.length === 0 ? (
        <Empty title="Nobody has joined yet">
          <p className="q2">Students appear here by themselves when they join with the code.</p>
        </Empty>
      ) : (
        <div className="table-scroll wide" tabIndex={0} role="group" aria-label="Students">
          <table className="gb left">
            <thead>
              <tr>
                <th scope="col">Student</th>
                <th scope="col">Now</th>
                <th scope="col" className="num">
                  Sent
                </th>
                <th scope="col" className="num">
                  Submitted
                </th>
                <th scope="col">Last sent</th>
                <th scope="col">Joined</th>
              </tr>
            </thead>
            <tbody>
              {found.slice(0, words === '' ? firstRows : 2 * firstRows).map((id) => {
                const row = rows.get(id);
                if (!row) return null;
                return (
                  <tr key={id}>
                    <th scope="row">
                      <Link to={{ page: 'student', lab: session.lab, participant: id }}>{row.participant.name}</Link>
                    </th>
                    <td>
                      <PresenceMark presence={row.presence} /> {presenceWords[presenceName(row.presence)]}
                    </td>
                    <td className="num">
                      {row.sent} <span className="q3">of {questions}</span>
                    </td>
                    <td className="num">
                      {row.submissions.length === 0 ? <span className="q3">–</span> : row.submissions.length}
                    </td>
                    <td>{row.lastAt === null ? <span className="q3">–</span> : ago(Math.max(0, now - row.lastAt))}</td>
                    <td className="q3">{time.full(row.joinedAt)}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
      {found.length === 0 && members.length > 0 && <Empty title={`Nobody is called “${find}”`} />}
      {words === '' && found.length > firstRows && (
        <p className="q3 sm" style={{ padding: 12 }}>
          The first {firstRows} of {found.length} by name. Type a name to find others.
        </p>
      )}
    </main>
  );
}
