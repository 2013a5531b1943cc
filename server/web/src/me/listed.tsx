import { useId, type ReactNode } from 'react';
import { Failed, Loading } from '../shell/states.js';
import type { Listed } from './use-list.js';

interface ListSectionProps<T> {
  title: string;
  /** Beside the title. */
  n?: number | undefined;
  listed: Listed<T>;
  /** What the part is called when it cannot be shown: “Your checkpoints”. */
  part: string;
  children: (value: T) => ReactNode;
}

/** One part of the page with its own loading and failure: the others live on. */
export function ListSection<T>({ title, n, listed, part, children }: ListSectionProps<T>) {
  const id = useId();
  const { value, failure, again } = listed;
  return (
    <section className="me-part" aria-labelledby={id}>
      <h2 id={id}>
        {title} {n !== undefined && n > 0 && <span className="q3 count">{n}</span>}
      </h2>
      {value === null ? (
        failure ? (
          <Failed part={part} failure={failure} again={again} />
        ) : (
          <Loading words={`Loading: ${title}`} lines={3} />
        )
      ) : (
        <>
          {failure && (
            <p className="q2 sm" role="status">
              Not up to date: {failure.message}
            </p>
          )}
          {children(value)}
        </>
      )}
    </section>
  );
}
