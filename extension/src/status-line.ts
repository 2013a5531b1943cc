/** The one line of the status bar (JupyterLab) or of the notebook toolbar's badge (Notebook 7). */
import { hourMinute } from './clock.js';
import type { Desk } from './desk.js';
import type { PresenceMark } from './panel/icon-paths.js';
import { points } from './panel/words.js';

export interface StatusLine {
  text: string;
  mark: PresenceMark;
  /** Only what needs the student: records that wait while the server is away. */
  isLoud: boolean;
  /** The longer story, for hovering and for screen readers. */
  title: string;
}

const records = (n: number): string => `${n} ${n === 1 ? 'record' : 'records'}`;

/** Null for a notebook that has nothing to do with us. */
export function statusLine(desk: Desk | null): StatusLine | null {
  if (!desk || desk.state === 'opening') return null;
  const calm = { isLoud: false, title: desk.trouble ?? desk.seat?.notice ?? 'Open the nbpulse panel' };
  if (desk.state === 'unlinked') return desk.heldByKernel > 0 ? { ...calm, text: 'not joined', mark: 'none' } : null;
  const seat = desk.seat;
  if (!seat) {
    const held = desk.heldByKernel;
    return { ...calm, text: held > 0 ? `not joined, ${held} waiting` : 'not joined', mark: 'none' };
  }
  const connection = seat.connection;
  const uploads = seat.onTheirWay.filter(({ upload }) => upload.refusal === null).length;
  const waiting = seat.waiting + uploads;
  if (connection.kind === 'expired')
    return { ...calm, text: 'join again', mark: 'offline', isLoud: true, title: connection.message };
  if (connection.kind === 'offline') {
    const since = `offline since ${hourMinute(connection.since)}`;
    return {
      text: waiting > 0 ? `${since}, ${waiting} waiting` : since,
      mark: 'offline',
      isLoud: waiting > 0,
      title: `No connection to ${seat.server.host}. ${records(seat.waiting)} kept on this computer; they go out by themselves.`,
    };
  }
  if (connection.kind === 'deleted') {
    return { ...calm, text: 'lab deleted', mark: 'closed', isLoud: waiting + seat.held > 0, title: connection.message };
  }
  if (!seat.sending.isOn) {
    const title = 'Sending is off: what your cells send is not taken. Open the nbpulse panel to switch it on.';
    return { text: 'sending off', mark: 'off', isLoud: true, title };
  }
  if (desk.trouble !== null) return { ...calm, text: shorten(desk.trouble), mark: 'offline', isLoud: true };
  if (seat.activity.state === 'untold') return { ...calm, text: 'your teacher asks: see the panel', mark: 'online' };
  if (seat.notice !== null) return { ...calm, text: shorten(seat.notice), mark: 'online' };
  if (connection.kind === 'by-kernel') return { ...calm, text: 'through the kernel', mark: 'online' };
  if (seat.trials.isUnderWay) return { ...calm, text: 'running the tests', mark: 'online' };
  const latest = seat.results[0];
  if (latest && latest.endedAt === null) {
    const { progress, status } = latest;
    if (status === 'running' && progress) {
      return { ...calm, text: `grading, ${progress.done} of ${progress.total}`, mark: 'online' };
    }
    return {
      ...calm,
      text: status === 'running' ? 'grading' : status === 'ungraded' ? 'received' : 'queued',
      mark: 'online',
    };
  }
  const savedAt = seat.lastSavedAt ?? 0;
  if (latest?.result && latest.endedAt !== null && Date.parse(latest.endedAt) >= savedAt) {
    return { ...calm, text: `${points(latest.result.points)} of ${points(latest.result.maxPoints)}`, mark: 'online' };
  }
  if (seat.lab.status === 'closed') return { ...calm, text: 'lab closed', mark: 'closed' };
  if (connection.kind === 'connecting') return { ...calm, text: 'connecting', mark: 'none' };
  return { ...calm, text: savedAt > 0 ? `saved ${hourMinute(savedAt)}` : 'connected', mark: 'online' };
}

const shorten = (text: string): string => {
  const first = /^[^.:;]*/.exec(text)?.[0] ?? text;
  return first.length > 60 ? `${first.slice(0, 59)}…` : first;
};
