import type { TrialView } from '@nbpulse/schema/wire';
import type { ApiProblem, Reply } from './api.js';
import { HandClock, settled } from './test/hand-clock.js';
import { Trials, type TrialRequest } from './trials.js';

const view = (change: Partial<TrialView> = {}): TrialView => ({
  id: 't1',
  assignment: 'primes',
  receivedAt: '2026-03-02T14:00:00.000Z',
  startedAt: null,
  endedAt: null,
  status: 'waiting',
  note: null,
  before: 2,
  progress: null,
  result: null,
  ...change,
});
const done = (change: Partial<TrialView> = {}): TrialView =>
  view({
    status: 'done',
    before: null,
    endedAt: '2026-03-02T14:00:05.000Z',
    result: { outcome: 'completed', reason: null, points: 1, maxPoints: 2, tests: [] },
    ...change,
  });
const request = (id = 't1'): TrialRequest => ({ id, assignment: 'primes', bytes: new Uint8Array([123, 125]) });
const problem = (code: ApiProblem['code'], retryAfterMs?: number): Reply<TrialView> => ({
  ok: false,
  problem: { code, message: `said: ${code}`, retryAfterMs },
});

/** A server as the page meets it: each answer in turn, the last one for ever. */
function trials(start: Reply<TrialView>, ...looks: Reply<TrialView>[]) {
  const clock = new HandClock();
  const asked: string[] = [];
  let answer: (reply: Reply<TrialView>) => void = () => undefined;
  const api = {
    startTrial: (id: string) => {
      asked.push(`start ${id}`);
      return new Promise<Reply<TrialView>>((resolve) => (answer = resolve));
    },
    trial: (id: string) => {
      asked.push(`look ${id}`);
      return Promise.resolve((looks.length > 1 ? looks.shift() : looks[0]) ?? problem('unreachable'));
    },
  };
  const of = new Trials(api, clock);
  const run = async (): Promise<void> => {
    const started = of.start(request());
    answer(start);
    await started;
  };
  return { of, clock, asked, run, answer: (reply: Reply<TrialView>) => answer(reply) };
}
const ok = (value: TrialView): Reply<TrialView> => ({ ok: true, value });

describe('trials', () => {
  it('go out at once, and are followed until they end, with or without a push', async () => {
    const { of, clock, asked, run } = trials(ok(view()), ok(view({ before: 1 })), problem('unreachable'), ok(done()));
    const starting = run();
    expect([of.sending?.id, of.isUnderWay, of.newest]).toEqual(['t1', true, null]);
    await starting;
    expect([of.sending, of.newest?.before]).toEqual([null, 2]);
    await clock.advance(3_000);
    expect(of.newest?.before).toBe(1);
    await clock.advance(3_000);
    expect(of.newest?.before).toBe(1);
    await clock.advance(3_000);
    expect([of.newest?.status, of.isUnderWay]).toEqual(['done', false]);
    expect(asked).toEqual(['start t1', 'look t1', 'look t1', 'look t1']);
    expect(clock.pending).toBe(0);
  });

  it('never move back: what ended stays, a newer one takes its place', () => {
    const { of } = trials(ok(view()));
    of.take(done());
    of.take(view({ status: 'running', before: null }));
    expect(of.newest?.status).toBe('done');
    of.take(view({ id: 't2', receivedAt: '2026-03-02T14:01:00.000Z' }));
    of.take(done());
    expect(of.newest?.id).toBe('t2');
    of.take(view({ id: 't2', receivedAt: '2026-03-02T14:01:00.000Z', status: 'retrying', before: null }));
    expect(of.newest?.status).toBe('retrying');
    of.stop();
  });

  it('that came too fast say so until their time is over', async () => {
    const { of, clock, run } = trials(problem('too-fast', 8_000));
    await run();
    expect(of.problem).toEqual({ assignment: 'primes', message: 'said: too-fast', kind: 'too-fast' });
    await clock.advance(7_999);
    expect(of.problem).not.toBeNull();
    await clock.advance(1);
    expect(of.problem).toBeNull();
  });

  it.each([
    ['unreachable', 'offline', 'cannot be reached'],
    ['unavailable', 'offline', 'cannot be reached'],
    ['no-trials', 'refused', 'said: no-trials'],
    ['lab-closed', 'refused', 'said: lab-closed'],
    ['internal', 'refused', 'said: internal'],
  ] as const)('are not kept for later when the answer is %s', async (code, kind, words) => {
    const { of, clock, run } = trials(problem(code));
    await run();
    expect(of.problem).toMatchObject({ kind });
    expect(of.problem?.message).toContain(words);
    expect([of.sending, of.isUnderWay, clock.pending]).toEqual([null, false, 0]);
  });

  it('keep the result of before while a new one is refused, and forget the words with the next', async () => {
    const { of, run } = trials(problem('unreachable'));
    of.take(done());
    await run();
    expect([of.newest?.status, of.problem?.kind]).toEqual(['done', 'offline']);
    void of.start(request('t2'));
    expect(of.problem).toBeNull();
  });

  it('end the seat when the token is worth nothing', async () => {
    const { of, run } = trials(problem('bad-token'));
    const expired: string[] = [];
    of.expired.connect((_, { code }) => expired.push(code));
    await run();
    expect([expired, of.problem]).toEqual([['bad-token'], null]);
  });

  it('that were replaced on another device are dropped', async () => {
    const { of, clock, run } = trials(ok(view()), problem('not-found'));
    await run();
    await clock.advance(3_000);
    expect([of.newest, clock.pending]).toEqual([null, 0]);
  });

  it('say nothing more once stopped', async () => {
    const { of, answer, clock } = trials(ok(view()));
    const starting = of.start(request());
    of.stop();
    answer(ok(view()));
    await starting;
    await settled();
    expect([of.newest, clock.pending]).toEqual([null, 0]);
  });
});
