/** Why a test failed, laid out: what was called, expected against got, where they differ, the student's own line. */
import type { FailureDetail } from '@nbpulse/schema/wire';
import { count } from '../shell/time.js';
import '../styles/failure.css';

interface FailureViewProps {
  /** The test's name, for those who hear the page. */
  name: string;
  message: string | undefined;
  detail: FailureDetail | undefined;
}

export function FailureView({ name, message, detail }: FailureViewProps) {
  if (!detail || !saysMore(detail)) return message === undefined ? null : <p className="message">{message}</p>;
  const { calls, expected, got, difference = [], line } = detail;
  return (
    <div className="failure">
      {calls.length > 0 && (
        <ul className="calls" aria-label={`Calls in ${name}`}>
          {calls.map((one, index) => (
            <li key={index} className="call">
              <code>{one.call}</code>{' '}
              {one.raised === undefined ? (
                one.gave !== undefined && (
                  <>
                    <span className="q3">gave</span> <code>{one.gave}</code>
                  </>
                )
              ) : (
                <>
                  <span className="q3">raised</span> <code className="raised">{one.raised}</code>
                </>
              )}
            </li>
          ))}
        </ul>
      )}
      {difference.length > 0 ? (
        <DifferenceTable name={name} difference={difference} more={detail.moreDifferences ?? 0} />
      ) : (
        <Sides expected={expected} got={got} />
      )}
      {line && (
        <figure className="own-line">
          <figcaption className="q3 sm">
            {line.cell === 'submission' ? 'the file' : line.cell}, line {line.line}
          </figcaption>
          <pre tabIndex={0} aria-label={`The line that raised in ${name}`}>
            {line.source}
          </pre>
        </figure>
      )}
      {difference.length > 0 && (expected !== undefined || got !== undefined) && (
        <details>
          <summary className="sm">The whole values</summary>
          <Sides expected={expected} got={got} />
        </details>
      )}
      {message !== undefined && (
        <details>
          <summary className="sm">What the test said</summary>
          <p className="message sm">{message}</p>
        </details>
      )}
    </div>
  );
}

const saysMore = ({ calls, expected, got, difference, line }: FailureDetail): boolean =>
  calls.length > 0 ||
  expected !== undefined ||
  got !== undefined ||
  line !== undefined ||
  (difference?.length ?? 0) > 0;

function Sides({ expected, got }: Pick<FailureDetail, 'expected' | 'got'>) {
  if (expected === undefined && got === undefined) return null;
  return (
    <dl className="sides">
      {expected !== undefined && (
        <>
          <dt>expected</dt>
          <dd className="ok">{expected}</dd>
        </>
      )}
      {got !== undefined && (
        <>
          <dt>got</dt>
          <dd className="bad">{got}</dd>
        </>
      )}
    </dl>
  );
}

interface DifferenceTableProps {
  name: string;
  difference: NonNullable<FailureDetail['difference']>;
  more: number;
}

function DifferenceTable({ name, difference, more }: DifferenceTableProps) {
  return (
    <div className="differences" tabIndex={0} role="group" aria-label={`Differences in ${name}`}>
      <table>
        <thead>
          <tr>
            <th scope="col">where</th>
            <th scope="col">expected</th>
            <th scope="col">got</th>
          </tr>
        </thead>
        <tbody>
          {difference.map((one, index) => (
            <tr key={index}>
              <th scope="row">{one.at}</th>
              <td className="ok">{one.expected ?? <span className="q3">nothing</span>}</td>
              <td className="bad">{one.got ?? <span className="q3">nothing</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {more > 0 && <p className="q3 sm">and {count(more, 'more difference')}</p>}
    </div>
  );
}
