import type { ReactNode } from 'react';
import { Wrong } from './wrong.js';

interface DialogFootProps {
  /** What the button that changes nothing says. */
  leave: string;
  /** What went wrong, in words. */
  wrong?: string | null | undefined;
  /** Stands at the other side. */
  aside?: ReactNode;
  /** The button that does it. */
  children?: ReactNode;
}

/** The end of every dialog: what went wrong, the way out, and the button that does it. */
export function DialogFoot({ leave, wrong, aside, children }: DialogFootProps) {
  return (
    <>
      <Wrong words={wrong} />
      <div className="foot">
        {aside !== undefined && (
          <>
            {aside}
            <span className="grow" />
          </>
        )}
        <button type="button" className="btn" onClick={(event) => event.currentTarget.closest('dialog')?.close()}>
          {leave}
        </button>
        {children}
      </div>
    </>
  );
}
