/** What any part of a page shows while it has nothing else: each names the part, what is safe, and what to do. */
import type { ReactNode } from 'react';
import type { Failure } from '../api/request.js';
import { Icon } from './icons.js';
import { Mark } from './marks.js';

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="mid">
      <b>{title}</b>
      {children}
    </div>
  );
}

/** Grey lines in the place of what comes, after 200 ms. */
export function Loading({ words, lines = 8 }: { words: string; lines?: number }) {
  return (
    <div className="late" aria-busy="true" style={{ padding: '16px 0', display: 'grid', gap: 10 }}>
      <span className="vh">{words}</span>
      {Array.from({ length: lines }, (_, index) => (
        <span key={index} className="sk" style={{ width: `${String(35 + ((index * 37) % 50))}%` }} />
      ))}
    </div>
  );
}

const titles: Partial<Record<Failure['code'], string>> = {
  'not-found': 'There is nothing at this address',
  unreachable: 'The server does not answer',
  unreadable: 'This page and the server do not understand each other',
};
export function Failed({ part, failure, again }: { part: string; failure: Failure; again?: () => void }) {
  const forbidden = failure.code === 'not-allowed' || failure.status === 403;
  return (
    <div className="mid" role="alert">
      {forbidden ? <Icon name="lock" /> : <Mark name="error" size={28} />}
      <b>{forbidden ? `${part}: not for this account` : (titles[failure.code] ?? `${part} could not be shown`)}</b>
      <p className="q2">{failure.message}</p>
      {again && !forbidden && (
        <div className="row">
          <button type="button" className="btn" onClick={again}>
            Try again
          </button>
        </div>
      )}
    </div>
  );
}
