import type { SubmissionView } from '@nbpulse/schema/wire';
import type { Desk } from './desk.js';
import type { Seat } from './seat.js';
import { statusLine } from './status-line.js';

const at = (hour: number, minute: number): number => new Date(2026, 2, 2, hour, minute).getTime();
const iso = (hour: number, minute: number): string => new Date(at(hour, minute)).toISOString();

function desk(seat: Partial<Seat> | null, other: Partial<Desk> = {}): Desk {
  const lab = { id: 'l', name: 'Lab 4', status: 'open' };
  const whole = seat && {
    connection: { kind: 'online' },
    waiting: 0,
    held: 0,
    onTheirWay: [],
    results: [],
    lastSavedAt: null,
    notice: null,
    lab,
    server: { base: '', host: 'class.example.org' },
    sending: { isOn: true },
    activity: { state: 'off' },
    trials: { isUnderWay: false },
    ...seat,
  };
  return {
    state: seat ? 'seated' : 'outside',
    seat: whole,
    heldByKernel: 0,
    trouble: null,
    ...other,
  } as unknown as Desk;
}
const result = (change: Partial<SubmissionView>): SubmissionView[] => [change as SubmissionView];
const words = (of: Desk): string | undefined => statusLine(of)?.text;

describe('the status line', () => {
  it('says nothing about a notebook that is not ours', () => {
    expect(statusLine(null)).toBeNull();
    expect(statusLine(desk(null, { state: 'unlinked' }))).toBeNull();
  });

  it('says not joined, and what waits for it', () => {
    expect(words(desk(null))).toBe('not joined');
    expect(words(desk(null, { heldByKernel: 3 }))).toBe('not joined, 3 waiting');
    expect(words(desk(null, { state: 'unlinked', heldByKernel: 3 }))).toBe('not joined');
  });

  it('says when the last record was saved', () => {
    expect(words(desk({ lastSavedAt: at(14, 2) }))).toBe('saved 14:02');
    expect(words(desk({}))).toBe('connected');
  });

  it('is loud only while something waits and the server is away', () => {
    const offline = { kind: 'offline', since: at(14, 5) } as const;
    expect(statusLine(desk({ connection: offline, waiting: 3 }))).toMatchObject({
      text: 'offline since 14:05, 3 waiting',
      isLoud: true,
    });
    expect(statusLine(desk({ connection: offline }))).toMatchObject({ text: 'offline since 14:05', isLoud: false });
  });

  it('follows the grading, then shows the points until something newer is saved', () => {
    const running = { endedAt: null, status: 'running' as const, progress: { done: 7, total: 13 } };
    expect(words(desk({ results: result(running), lastSavedAt: at(14, 2) }))).toBe('grading, 7 of 13');
    expect(words(desk({ results: result({ endedAt: null, status: 'queued' }) }))).toBe('queued');
    const done = { endedAt: iso(14, 10), result: { points: 8.5, maxPoints: 10 } } as SubmissionView;
    expect(words(desk({ results: result(done), lastSavedAt: at(14, 2) }))).toBe('8.5 of 10');
    expect(words(desk({ results: result(done), lastSavedAt: at(14, 12) }))).toBe('saved 14:12');
  });

  it('says that the visible tests run', () => {
    const trials = { isUnderWay: true } as Seat['trials'];
    expect(words(desk({ trials, lastSavedAt: at(14, 2) }))).toBe('running the tests');
  });

  it('says that the lab is closed, that one must join again, that the kernel carries it', () => {
    expect(words(desk({ lab: { id: 'l', name: 'Lab 4', status: 'closed' } }))).toBe('lab closed');
    expect(words(desk({ connection: { kind: 'expired', message: 'Join again.' } }))).toBe('join again');
    expect(words(desk({ connection: { kind: 'by-kernel' } }))).toBe('through the kernel');
  });

  it('shortens a problem and keeps the whole of it for hovering', () => {
    const trouble = 'The answer to question 3 was not sent: it has 5 MB. Send a part of it, such as the first rows.';
    expect(statusLine(desk({}, { trouble }))).toMatchObject({
      text: 'The answer to question 3 was not sent',
      title: trouble,
    });
  });
});
