import { useId, type InputHTMLAttributes, type ReactNode } from 'react';
import { Mark } from './marks.js';

interface FieldProps extends InputHTMLAttributes<HTMLInputElement> {
  label: string;
  wrong?: string | undefined;
  hint?: ReactNode;
}

/** A labelled input; what is wrong with it stands below it, in words, and is read with it. */
export function Field({ label, wrong, hint, className = '', ...input }: FieldProps) {
  const id = useId();
  const about = [wrong === undefined ? '' : `${id}-wrong`, hint === undefined ? '' : `${id}-hint`].join(' ').trim();
  return (
    <div className="fl">
      <label className="lab" htmlFor={id}>
        {label}
      </label>
      <input
        {...input}
        id={id}
        className={`field ${className}`}
        aria-invalid={wrong !== undefined}
        aria-describedby={about === '' ? undefined : about}
      />
      {hint !== undefined && (
        <div id={`${id}-hint`} className="q3 sm" style={{ marginTop: 4 }}>
          {hint}
        </div>
      )}
      {wrong !== undefined && (
        <div className="err" id={`${id}-wrong`} role="alert">
          <Mark name="wrong" size={14} />
          <span>{wrong}</span>
        </div>
      )}
    </div>
  );
}
