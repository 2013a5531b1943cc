import { describe, expect, it } from 'vitest';
import { needsOf, sharedErrorsOf } from './attention.js';
import { LabModel } from './lab-model.js';
import { isLongWait, median, paceOf } from './pace.js';
import { cell, emptyState, minute, ms, participant } from './test-lab.js';

const failed = (who: string, summary: string, over: object = {}) =>
  cell(who, '2', {
    errors: 1,
    errorRun: 1,
    lastAt: minute(20),
    last: { id: `${who} 2`, summary, hash: summary, error: true },
    ...over,
  });

describe('who needs help', () => {
  it('names errors in a row with the last error', () => {
    const model = new LabModel(
      emptyState({ cells: [cell('ada', '1'), failed('ada', 'IndexError: 4', { errorRun: 4 })] }),
    );
    const [need] = needsOf(model, paceOf(model), ms(21));
    expect(need).toMatchObject({ name: 'ada', question: '2', strong: '4 errors in a row', rest: ', last IndexError' });
  });
  it('names silence after an error, and a long time on a question against what the class takes', () => {
    const model = new LabModel(
      emptyState({
        cells: [
          cell('ada', '1', { firstAt: minute(2), lastAt: minute(2) }),
          failed('ada', 'NameError: np', { lastAt: minute(3) }),
          cell('emmy', '1', { firstAt: minute(2), lastAt: minute(2) }),
        ],
        participants: ['ada', 'emmy'].map((name) => participant(name)),
      }),
    );
    const needs = needsOf(model, paceOf(model), ms(20));
    expect(needs.map(({ name, strong }) => [name, strong])).toEqual([
      ['emmy', '18 min on 2'],
      ['ada', 'Silent 17 min'],
    ]);
  });
  it('is nobody in a lab that is not open, and nobody who has sent the last question', () => {
    const state = emptyState({
      cells: ['1', '2', '3a', '3b'].map((key) => cell('ada', key)),
      participants: [participant('ada')],
    });
    const open = new LabModel(state);
    expect(needsOf(open, paceOf(open), ms(60))).toEqual([]);
    const closed = new LabModel({ ...emptyState(), lab: { ...state.lab, status: 'closed' } });
    expect(needsOf(closed, paceOf(closed), ms(60))).toEqual([]);
  });
});

describe('a shared error', () => {
  it('needs three students with the same one', () => {
    const cells = [failed('ada', 'NameError: np'), failed('emmy', 'NameError: np'), failed('kurt', 'TypeError: x')];
    expect(sharedErrorsOf(new LabModel(emptyState({ cells })))).toEqual([]);
    const alike = [failed('ada', 'NameError: np'), failed('emmy', 'NameError: np'), failed('kurt', 'NameError: np')];
    expect(sharedErrorsOf(new LabModel(emptyState({ cells: alike })))).toEqual([
      { question: '2', summary: 'NameError: np', participants: ['ada', 'emmy', 'kurt'] },
    ]);
  });
});

describe('the pace', () => {
  it('says when half the class had a question, and the median time on it', () => {
    const model = new LabModel(
      emptyState({
        cells: [
          cell('ada', '1', { firstAt: minute(4), lastAt: minute(4) }),
          cell('emmy', '1', { firstAt: minute(6), lastAt: minute(6) }),
          cell('kurt', '1', { firstAt: minute(11), lastAt: minute(11) }),
          cell('ada', '2', { firstAt: minute(9), lastAt: minute(9) }),
        ],
      }),
    );
    const pace = paceOf(model);
    expect(pace.halfAt[0]).toBe(ms(6));
    expect(pace.halfAt[1]).toBeNull();
    expect(pace.medianMs[0]).toBe(6 * 60_000);
    expect(pace.medianMs[1]).toBeNull();
    expect(model.questions[pace.most]?.key).toBe('2');
  });
  it('calls a wait long past twice the median and eight minutes', () => {
    expect(isLongWait(7 * 60_000, 60_000)).toBe(false);
    expect(isLongWait(9 * 60_000, 4 * 60_000)).toBe(true);
    expect(isLongWait(9 * 60_000, 6 * 60_000)).toBe(false);
    expect(median([])).toBeNull();
    expect(median([1, 3])).toBe(2);
  });
});
