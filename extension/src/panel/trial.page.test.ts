/** What the panel says of a trial, in each of its states. */
import type { FeedbackTest, TrialView } from '@nbpulse/schema/wire';
import * as React from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import type { Trials } from '../trials.js';
import { gist, Trial } from './trial.js';

const tests: FeedbackTest[] = [
  { name: 'test_two', status: 'passed', visible: true, points: 1, maxPoints: 1 },
  {
    name: 'test_text',
    status: 'failed',
    visible: true,
    points: 0,
    maxPoints: 1.5,
    message: 'assert 4 == 5',
    detail: {
      calls: [{ call: 'double("ab")', raised: 'TypeError: no' }],
      expected: '"abab"',
      got: '4',
      line: { cell: 'cell 2', line: 3, source: 'return x ** 2' },
    },
  },
];
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
const done = view({
  status: 'done',
  before: null,
  endedAt: '2026-03-02T14:00:05.000Z',
  result: { outcome: 'completed', reason: null, points: 1, maxPoints: 2.5, tests },
});

/** The text, as a reader gets it, and the page's own tree. */
function shown(of: Partial<Trials>, isSaving = false): HTMLElement {
  const trials = { sending: null, problem: null, newest: null, ...of } as Trials;
  const page = document.createElement('div');
  const root = createRoot(page);
  flushSync(() => root.render(React.createElement(Trial, { trials, isSaving })));
  return page;
}
const now = (page: HTMLElement): string | undefined =>
  page.querySelector('[aria-current="step"]')?.textContent ?? undefined;

describe('a trial in the panel', () => {
  it.each([
    ['saving', shown({}, true), 'Saving the notebook'],
    ['sending', shown({ sending: { id: 't1', assignment: 'primes', bytes: new Uint8Array() } }), 'Sending'],
    ['waiting', shown({ newest: view() }), 'Waiting2 before you'],
    ['next', shown({ newest: view({ before: 0 }) }), 'Waitingyou are next'],
    ['running', shown({ newest: view({ status: 'running', before: null }) }), 'Running'],
    [
      'in a test',
      shown({ newest: view({ status: 'running', before: null, progress: { done: 1, total: 3 } }) }),
      'Running, test 2 of 3',
    ],
    ['retrying', shown({ newest: view({ status: 'retrying', before: null, note: 'again' }) }), 'Waiting again'],
  ])('%s: says what goes on, and that nothing is handed in', (_, page, words) => {
    expect(now(page)).toBe(words);
    expect(page.querySelector('[aria-live="polite"]')).not.toBeNull();
    expect(page.textContent).toContain('Nothing was handed in');
  });

  it('that has passed and failed tests: the failed first, with what was called, expected and got', () => {
    const page = shown({ newest: done });
    expect(page.querySelector('[role="status"]')?.textContent).toContain('1 of 2 visible tests pass');
    expect(page.querySelector('[role="status"]')?.textContent).toContain('worth 1 of 2.5 when handed in');
    const [first, second] = page.querySelectorAll('[aria-label="Tests"] > li');
    expect(first?.textContent).toContain('test_text');
    for (const words of ['double("ab")', 'TypeError: no', '"abab"', 'your cell 2, line 3', 'return x ** 2']) {
      expect(first?.textContent).toContain(words);
    }
    expect(second?.textContent).toContain('test_two');
    expect(gist(done)).toBe('1 of 2 tests pass');
  });

  it('that was stopped says why in words', () => {
    const reason = 'stopped after 10 s in test_text';
    const result = { ...done.result!, outcome: 'timed-out' as const, reason };
    expect(shown({ newest: { ...done, result } }).textContent).toContain(reason);
  });

  it('that a fault of ours ended says so, as an alert', () => {
    const page = shown({ newest: view({ status: 'fault', note: 'it was not your code' }) });
    expect(page.querySelector('[role="alert"]')?.textContent).toContain('it was not your code');
  });

  it.each([
    ['offline', 'alert', 'The tests were not run'],
    ['refused', 'alert', 'The tests were not run'],
    ['too-fast', 'status', 'Not so fast'],
  ] as const)('refused (%s): says why, and keeps the result of before', (kind, role, title) => {
    const page = shown({ newest: done, problem: { assignment: 'primes', message: 'words of it', kind } });
    const card = page.querySelector(`.nbp-Card[role="${role}"]`);
    expect(card?.textContent).toBe(`${title}words of it`);
    expect(page.textContent).toContain('The run before');
    expect(page.textContent).toContain('test_text');
  });
});
