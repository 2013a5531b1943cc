/** What a check found: how the author's notebooks did, what to mend, and what a student's class may do. */
import { profileWords, type Finding, type SuiteCheck } from '@nbpulse/schema/wire';
import { Mark } from '../shell/marks.js';
import { count, points } from '../shell/time.js';
import { findingTitle } from './check-words.js';

export function CheckReport({ check }: { check: SuiteCheck }) {
  const errors = check.findings.filter((one) => one.level === 'error');
  const warnings = check.findings.filter((one) => one.level === 'warning');
  return (
    <>
      <Notebooks check={check} />
      {errors.length > 0 && <Findings title="To be mended" findings={errors} />}
      {warnings.length > 0 && <Findings title="To know about" findings={warnings} />}
      {check.profile && <Profile profile={check.profile} />}
    </>
  );
}

function Notebooks({ check }: { check: SuiteCheck }) {
  const rows = [
    { name: 'The solution', wants: 'all points', ...check.solution },
    { name: 'The bare template', wants: 'none', ...check.template },
  ].flatMap((row) =>
    row.points === undefined || row.maxPoints === undefined
      ? []
      : [{ ...row, points: row.points, maxPoints: row.maxPoints, seconds: (row.durationMs ?? 0) / 1000 }],
  );
  if (rows.length === 0) return null;
  return (
    <div className="checked-notebooks">
      {rows.map((row) => {
        const good = row.wants === 'none' ? row.points === 0 : row.points === row.maxPoints;
        return (
          <div key={row.name} className="checked-notebook">
            <span className="q2">{row.name}</span>
            <span className="checked-points">
              <Mark name={good ? 'right' : 'wrong'} size={16} />
              {points(row.points)}
              <span className="q3"> of {points(row.maxPoints)}</span>
            </span>
            <span className="q3 sm">
              {row.outcome === 'completed' ? '' : `${row.outcome ?? ''}, `}
              {row.wants === 'none' ? '' : `${count(check.solutionRuns, 'run')}, `}
              {row.seconds.toFixed(1)} s
            </span>
          </div>
        );
      })}
    </div>
  );
}

function Findings({ title, findings }: { title: string; findings: readonly Finding[] }) {
  return (
    <section className="findings">
      <h2>
        {title} <span className="q3">{findings.length}</span>
      </h2>
      <ul>
        {findings.map((one) => (
          <li key={`${one.kind} ${one.test ?? ''} ${one.message}`} className={one.level}>
            <Mark name={one.level === 'error' ? 'wrong' : 'answered'} size={14} />
            <div>
              <b>{findingTitle(one.kind)}</b>
              {one.test !== null && <code className="finding-test">{one.test}</code>}
              <Said message={one.message} />
              <p className="q2">{one.cure}</p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What a test's report said stands in lines of its own, as it was written. */
function Said({ message }: { message: string }) {
  const [first = '', ...lines] = message.split(' · ');
  const [words, code] = lines.length === 0 ? [first, ''] : halves(first);
  return (
    <>
      <p>{words}</p>
      {lines.length > 0 && <pre className="said">{[code, ...lines].join('\n')}</pre>}
    </>
  );
}
/** @example halves('It fails: assert 6 == 5') // ['It fails:', 'assert 6 == 5'] */
function halves(line: string): [string, string] {
  const at = line.indexOf(': ');
  return at === -1 ? [line, ''] : [line.slice(0, at + 1), line.slice(at + 2)];
}

function Profile({ profile }: { profile: NonNullable<SuiteCheck['profile']> }) {
  const files = profileWords(profile);
  return (
    <section className="findings">
      <h2>What a student’s class may do here</h2>
      <p className="q2">
        Recorded when the solution was run. A student’s submission gets exactly these rights; nothing else of it is
        asked, and it sees no expected value.
      </p>
      {files.length === 0 ? (
        <p>Be called, like any code. The solution needed nothing else.</p>
      ) : (
        <dl className="profile">
          {files.map(({ file, lines }) => (
            <div key={file}>
              <dt>
                <code>{file}</code>
              </dt>
              {lines.map((line) => (
                <dd key={line}>{line}</dd>
              ))}
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}
