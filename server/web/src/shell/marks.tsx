/** The status vocabulary: shape, colour and words say the same thing, so a grey print-out works. */
import type { Presence, TestResult } from '@nbpulse/schema/wire';
import type { ReactElement } from 'react';

export type MarkName = 'not-started' | 'working' | 'reached' | 'answered' | 'right' | 'wrong' | 'error';
export const markWords: Record<MarkName, string> = {
  'not-started': 'not started',
  working: 'working',
  reached: 'reached',
  answered: 'answered',
  right: 'right',
  wrong: 'wrong',
  error: 'error',
};

const shapes: Record<MarkName, ReactElement> = {
  'not-started': <circle cx="8" cy="8" r="1.6" fill="var(--none)" />,
  working: (
    <>
      <rect x="2" y="2" width="12" height="12" rx="2.5" fill="none" stroke="var(--work)" strokeWidth="1.5" />
      <path d="M2.5 8h11v4a1.5 1.5 0 0 1-1.5 1.5H4A1.5 1.5 0 0 1 2.5 12z" fill="var(--work)" />
    </>
  ),
  reached: (
    <>
      <rect x="2" y="2" width="12" height="12" rx="2.5" fill="none" stroke="var(--work)" strokeWidth="1.5" />
      <circle cx="8" cy="8" r="2.4" fill="var(--work)" />
    </>
  ),
  answered: <rect x="1.5" y="1.5" width="13" height="13" rx="2.5" fill="var(--done)" />,
  right: (
    <>
      <rect x="1.5" y="1.5" width="13" height="13" rx="2.5" fill="var(--right)" />
      <path
        d="m4.7 8.3 2.3 2.3 4.4-5"
        fill="none"
        stroke="var(--right-on)"
        strokeWidth="1.9"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </>
  ),
  wrong: (
    <>
      <path d="M3.5 1.5H9.5L14.5 6.5V12.5a2 2 0 0 1-2 2H3.5a2 2 0 0 1-2-2V3.5a2 2 0 0 1 2-2z" fill="var(--wrong)" />
      <path d="m5.2 6 5 5m0-5-5 5" fill="none" stroke="var(--wrong-on)" strokeWidth="1.9" strokeLinecap="round" />
    </>
  ),
  error: (
    <>
      <rect x="2.25" y="2.25" width="11.5" height="11.5" rx="2" fill="none" stroke="var(--error)" strokeWidth="1.8" />
      <path d="M4.8 8h6.4" stroke="var(--error)" strokeWidth="2.2" />
    </>
  ),
};
/** For drawings that place the marks themselves. */
export const markShape = (name: MarkName): ReactElement => shapes[name];

/** `said` speaks the status to those who do not see it; leave it out where words stand beside the mark. */
export function Mark({ name, size = 16, said = false }: { name: MarkName; size?: number; said?: boolean }) {
  const spoken = said ? { role: 'img', 'aria-label': markWords[name] } : { 'aria-hidden': true };
  return (
    <svg className="mk" width={size} height={size} viewBox="0 0 16 16" {...spoken}>
      {shapes[name]}
    </svg>
  );
}

/** A test's status in the same vocabulary: a failed test is wrong, one that never gave a verdict is an error. */
export const markOfTest = (status: TestResult['status']): MarkName =>
  status === 'passed'
    ? 'right'
    : status === 'failed'
      ? 'wrong'
      : status === 'not-run' || status === 'skipped'
        ? 'not-started'
        : 'error';

export type PresenceName = 'online' | 'two' | 'idle' | 'sending-off' | 'offline' | 'never';
export const presenceWords: Record<PresenceName, string> = {
  online: 'online',
  two: 'on two machines',
  idle: 'idle',
  'sending-off': 'sending off',
  offline: 'offline',
  never: 'never opened',
};
/**
 * `sending` false: the student has switched sending off, which says more than whether the page is open. `opened` false: a name of the
 * class list by which nobody has joined yet.
 */
export function presenceName(presence: Presence | null, sending = true, opened = true): PresenceName {
  if (!opened) return 'never';
  if (!sending) return 'sending-off';
  if (presence === null || presence.state === 'offline') return 'offline';
  if (presence.state === 'idle') return 'idle';
  return presence.devices > 1 ? 'two' : 'online';
}
const presenceShapes: Record<PresenceName, ReactElement> = {
  online: <circle cx="4" cy="4" r="3.5" fill="var(--right)" />,
  two: (
    <>
      <circle cx="2.6" cy="2.6" r="2.6" fill="var(--right)" />
      <circle cx="5.6" cy="5.6" r="1.9" fill="none" stroke="var(--right)" strokeWidth="1.1" />
    </>
  ),
  idle: <circle cx="4" cy="4" r="2.9" fill="none" stroke="var(--ink-3)" strokeWidth="1.3" />,
  'sending-off': <path d="M2.5 1v6M5.5 1v6" stroke="var(--ink-2)" strokeWidth="1.6" />,
  offline: <path d="M1 4h6" stroke="var(--ink-3)" strokeWidth="1.5" />,
  never: <circle cx="4" cy="4" r="2.9" fill="none" stroke="var(--ink-3)" strokeWidth="1.2" strokeDasharray="1.5 1.5" />,
};
interface PresenceMarkProps {
  presence: Presence | null;
  sending?: boolean;
  opened?: boolean;
}
export function PresenceMark({ presence, sending = true, opened = true }: PresenceMarkProps) {
  const name = presenceName(presence, sending, opened);
  return (
    <svg className="pres" width="8" height="8" viewBox="0 0 8 8" role="img" aria-label={presenceWords[name]}>
      <title>{presenceWords[name]}</title>
      {presenceShapes[name]}
    </svg>
  );
}
