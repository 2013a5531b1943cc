/** Who is signed in; every page but two needs it. */
import type { CourseView, SessionView } from '@nbpulse/schema/wire';
import { createContext, useContext } from 'react';
import { timeWords, type TimeWords } from './time.js';

export interface Signed {
  view: SessionView;
  /** Reads the session anew, after a sign-in or a change to the course. */
  refresh: () => Promise<void>;
  /** The server no longer knows us. */
  signedOut: () => void;
}
export const SessionContext = createContext<Signed | null>(null);

export function useSigned(): Signed {
  const signed = useContext(SessionContext);
  if (!signed) throw new Error('this part of the page stands outside the signed-in pages');
  return signed;
}
export const courseOf = (view: SessionView, id: string | undefined): CourseView | undefined =>
  view.courses.find((course) => course.id === id);
export const timesOf = (view: SessionView, course: string | undefined): TimeWords =>
  timeWords(courseOf(view, course)?.timeZone ?? view.courses[0]?.timeZone ?? 'UTC');
