import { describe, expect, it } from 'vitest';
import { newQuestion, type LabState } from '@nbpulse/schema/wire';
import { LabModel } from './lab-model.js';
import { paceOf, plannedShare } from './pace.js';
import { cell, emptyState, keys, minute, ms, participant, people } from './test-lab.js';

const plan = (minutes: readonly (number | null)[]) =>
  keys.map((key, index) => ({ ...newQuestion(key, index), targetMinutes: minutes[index] ?? null }));
const had = (question: string, ...at: number[]) =>
  at.map((m, index) => cell(people[index] ?? '', question, { firstAt: minute(m), lastAt: minute(m) }));
const pace = (over: Partial<LabState>, now: number) => paceOf(new LabModel(emptyState(over)), ms(now));

describe('the plan', () => {
  it('has each question due when its minutes and those before it are over; one without minutes is not due', () => {
    const { dueAt, planned } = pace({ questions: plan([5, null, 10, 20]) }, 6);
    expect(dueAt).toEqual([ms(5), null, ms(15), ms(35)]);
    expect(planned).toBe(2);
  });
  it('expects half the class when a question is due, nobody its minutes before, all its minutes after', () => {
    expect([0, 5, 10, 15, 20, 40].map((at) => plannedShare(ms(10), 10, ms(at)))).toEqual([0, 0.25, 0.5, 0.75, 1, 1]);
  });
  it('says nothing before the lab is open, nor without minutes', () => {
    const state = emptyState({ questions: plan([5, 5, 5, 5]) });
    const draft = { ...state, lab: { ...state.lab, status: 'draft' as const, openedAt: null } };
    expect(paceOf(new LabModel(draft), ms(9)).behindMs).toBeNull();
    expect(pace({ questions: plan([]) }, 9).behindMs).toBeNull();
  });
});

describe('how far behind the plan the class is', () => {
  const questions = plan([5, 10, 10, 10]);
  it('is how overdue the first question is that half the class has not', () => {
    expect(pace({ questions, cells: had('1', 4, 6, 9) }, 22).behindMs).toBe(7 * 60_000);
  });
  it('is how late the last one was that half the class has, while the next is not due', () => {
    expect(pace({ questions, cells: had('1', 7, 8, 9) }, 9).behindMs).toBe(3 * 60_000);
  });
  it('is negative for a class that is ahead, and never more than the next question allows', () => {
    const cells = [...had('1', 1, 1, 1), ...had('2', 5, 5, 5)];
    expect(pace({ questions, cells }, 6).behindMs).toBe(-10 * 60_000);
    expect(pace({ questions, cells }, 24).behindMs).toBe(-1 * 60_000);
  });
  it('is none while the first question is not due', () => {
    expect(pace({ questions }, 3).behindMs).toBe(0);
  });
  it('goes by those who have opened the notebook', () => {
    const listed = Array.from({ length: 20 }, (_, n) => ({ ...participant(`listed ${String(n)}`), openedAt: null }));
    const participants = [...people.map((name) => participant(name)), ...listed];
    expect(pace({ questions, participants, cells: had('1', 4, 5) }, 6).halfAt[0]).toBe(ms(5));
  });
});

describe('the predicted finish', () => {
  it('is hidden until a third of the class has answered two questions', () => {
    expect(pace({ questions: plan([5, 5, 5, 5]), cells: had('1', 3, 4, 5) }, 6).finishAt).toBeNull();
    const cells = [...had('1', 3, 4, 5), ...had('2', 9)];
    expect(pace({ questions: plan([5, 5, 5, 5]), cells }, 10).finishAt).not.toBeNull();
  });
  it('goes on at the pace of the median student, where the plan gives the sizes', () => {
    // Twice as slow as planned: 10 minutes for 5.
    const cells = [...had('1', 10, 10, 10), ...had('2', 20, 20, 20)];
    const { predictedAt, finishAt } = pace({ questions: plan([5, 5, 10, 5]), cells }, 21);
    expect(predictedAt).toEqual([null, null, ms(40), ms(50)]);
    expect(finishAt).toBe(ms(50));
  });
  it('is never in the past', () => {
    const cells = [...had('1', 2, 2, 2), ...had('2', 4, 4, 4)];
    expect(pace({ questions: plan([]), cells }, 30).predictedAt).toEqual([null, null, ms(30), ms(32)]);
  });
  it('does not take the template’s own answer for one', () => {
    const last = { id: '', summary: '...', hash: 't', error: false, verdict: 'reached' as const };
    expect(pace({ cells: had('1', 2, 2, 2).map((one) => ({ ...one, last })) }, 9).halfAt[0]).toBeNull();
  });
});
