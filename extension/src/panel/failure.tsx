/** Why a test failed, in the width of the panel: the calls, expected over got, where they differ, the student's own line. */
import type { FailureDetail } from '@nbpulse/schema/wire';
import * as React from 'react';

export function Failure(props: { message: string | undefined; detail: FailureDetail | undefined }): React.ReactElement {
  const { message, detail } = props;
  const said = message === undefined ? null : <pre className="nbp-Tests-message">{message}</pre>;
  if (!detail || !saysMore(detail)) return <>{said}</>;
  const { calls, expected, got, difference = [], moreDifferences = 0, line } = detail;
  return (
    <div className="nbp-Failure">
      {calls.map((one, i) => (
        <p key={i}>
          <code>{one.call}</code>
          {one.raised === undefined ? (
            one.gave === undefined ? null : (
              <>
                {' '}
                gave <code>{one.gave}</code>
              </>
            )
          ) : (
            <>
              {' '}
              raised <code>{one.raised}</code>
            </>
          )}
        </p>
      ))}
      {difference.length > 0 ? (
        <>
          {difference.slice(0, shown).map((one, i) => (
            <Sides key={i} at={one.at} expected={one.expected ?? nothing} got={one.got ?? nothing} />
          ))}
          <More count={difference.length - shown + moreDifferences} />
        </>
      ) : (
        <Sides expected={expected} got={got} />
      )}
      {line ? (
        <figure>
          <figcaption>{`your ${line.cell === 'submission' ? 'file' : line.cell}, line ${line.line}`}</figcaption>
          <pre>{line.source}</pre>
        </figure>
      ) : null}
      {said ? (
        <details>
          <summary>What the test said</summary>
          {said}
        </details>
      ) : null}
    </div>
  );
}

/** The panel is narrow; the own page has them all. */
const shown = 5;
const nothing = 'nothing';

const saysMore = ({ calls, expected, got, difference, line }: FailureDetail): boolean =>
  calls.length > 0 ||
  expected !== undefined ||
  got !== undefined ||
  line !== undefined ||
  (difference ?? []).length > 0;

function More(props: { count: number }): React.ReactElement | null {
  const { count } = props;
  if (count <= 0) return null;
  return <p>{`and ${count} more ${count === 1 ? 'difference' : 'differences'}`}</p>;
}

function Sides(props: {
  at?: string;
  expected: string | undefined;
  got: string | undefined;
}): React.ReactElement | null {
  const { at, expected, got } = props;
  if (expected === undefined && got === undefined) return null;
  return (
    <dl>
      {at === undefined ? null : (
        <>
          <dt>at</dt>
          <dd>{at}</dd>
        </>
      )}
      {expected === undefined ? null : (
        <>
          <dt>expected</dt>
          <dd className="nbp-right">{expected}</dd>
        </>
      )}
      {got === undefined ? null : (
        <>
          <dt>got</dt>
          <dd className="nbp-wrong">{got}</dd>
        </>
      )}
    </dl>
  );
}
