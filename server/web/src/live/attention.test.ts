import { describe, expect, it } from 'vitest';
import { needsOf, sharedMistakesOf } from './attention.js';
import { LabModel } from './lab-model.js';
import { isLongWait, median, paceOf } from './pace.js';
import { activity, cell, collecting, emptyState, minute, ms, participant } from './test-lab.js';

const failed = (who: string, summary: string, over: object = {}) =>
  cell(who, '2', {
    errors: 1,
    errorRun: 1,
    lastAt: minute(20),
    last: { id: `${who} 2`, summary, hash: summary, error: true, verdict: null },
    ...over,
  });

describe('who needs help', () => {
  it('names errors in a row with the last error', () => {
    const model = new LabModel(
      emptyState({ cells: [cell('ada', '1'), failed('ada', 'IndexError: 4', { errorRun: 4 })] }),
    );
    const [need] = needsOf(model, paceOf(model, ms(21)), ms(21));
    expect(need).toMatchObject({
      participant: 'ada',
      question: '2',
      strong: '4 errors in a row',
      rest: ', last IndexError',
    });
  });
  it('names the same error again and again before anything else', () => {
    const model = new LabModel(
      emptyState({
        cells: [
          failed('ada', 'IndexError: 4', { errorRun: 3, lastAt: minute(1) }),
          failed('emmy', 'KeyError: x', { errorRun: 4, sameRun: 4, lastAt: minute(20) }),
        ],
      }),
    );
    expect(
      needsOf(model, paceOf(model, ms(21)), ms(21)).map(({ participant, strong }) => [participant, strong]),
    ).toEqual([
      ['emmy', 'KeyError 4 times'],
      ['ada', '3 errors in a row'],
      ['kurt', 'Nothing sent'],
    ]);
  });
  it('names the same wrong value last, and of one student the strongest reason only', () => {
    const wrong = (who: string, sameRun: number, lastAt: number) =>
      cell(who, '1', {
        records: sameRun,
        sameRun,
        lastAt: minute(lastAt),
        last: { id: who, summary: '0.3', hash: 'w', error: false, verdict: 'wrong' },
      });
    const model = new LabModel(emptyState({ cells: [wrong('ada', 5, 20), wrong('emmy', 5, 2), wrong('kurt', 2, 20)] }));
    expect(
      needsOf(model, paceOf(model, ms(21)), ms(21)).map(({ participant, question, strong }) => [
        participant,
        question,
        strong,
      ]),
    ).toEqual([
      ['emmy', '2', '19 min on 2'],
      ['ada', '1', 'Same wrong value 5 times'],
    ]);
  });
  it('is nobody of the class list who has not opened the notebook', () => {
    const model = new LabModel(emptyState({ participants: [{ ...participant('ada'), openedAt: null }] }));
    expect(needsOf(model, paceOf(model, ms(60)), ms(60))).toEqual([]);
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
    const needs = needsOf(model, paceOf(model, ms(20)), ms(20));
    expect(needs.map(({ participant, strong }) => [participant, strong])).toEqual([
      ['emmy', '18 min on 2'],
      ['ada', 'Silent 17 min'],
    ]);
  });
  it('is nobody who has switched sending off: their silence says nothing', () => {
    const cells = [failed('ada', 'IndexError: 4', { errorRun: 4 })];
    const model = new LabModel(emptyState({ cells, participants: [{ ...participant('ada'), sending: false }] }));
    expect(needsOf(model, paceOf(model, ms(60)), ms(60))).toEqual([]);
  });
  it('is nobody in a lab that is not open, and nobody who has sent the last question', () => {
    const state = emptyState({
      cells: ['1', '2', '3a', '3b'].map((key) => cell('ada', key)),
      participants: [participant('ada')],
    });
    const open = new LabModel(state);
    expect(needsOf(open, paceOf(open, ms(60)), ms(60))).toEqual([]);
    const closed = new LabModel({ ...emptyState(), lab: { ...state.lab, status: 'closed' } });
    expect(needsOf(closed, paceOf(closed, ms(60)), ms(60))).toEqual([]);
  });
});

describe('who needs help in a lab that collects activity', () => {
  const needs = (over: Parameters<typeof collecting>[0], at: number) => {
    const model = new LabModel(collecting({ participants: [participant('ada')], ...over }));
    return needsOf(model, paceOf(model, ms(at)), ms(at)).map(({ question, strong, rest }) => [question, strong + rest]);
  };
  const sent = [cell('ada', '1', { firstAt: minute(2), lastAt: minute(2) })];

  it('is not who gets errors and goes on running cells, but who falls silent after one', () => {
    const latestActivity = [activity('ada', '2', 10, 'NameError')];
    expect(needs({ cells: sent, latestActivity }, 17)).toEqual([]);
    expect(needs({ cells: sent, latestActivity }, 21)).toEqual([['2', 'Silent 11 min after NameError, not sent']]);
  });
  it('is told where they are now, and how long nothing came; not since when they are there', () => {
    expect(needs({ cells: sent, latestActivity: [activity('ada', '3b', 20)] }, 22)).toEqual([
      ['3b', 'Nothing sent for 20 min, ran 3b 2 min ago'],
    ]);
  });
  it('says of who has sent nothing that cells run', () => {
    expect(needs({ latestActivity: [activity('ada', null, 19)] }, 20)).toEqual([
      [null, 'Nothing sent in 20 min since joining, running cells'],
    ]);
  });
});

describe('a shared mistake', () => {
  it('needs three students with the same one', () => {
    const cells = [failed('ada', 'NameError: np'), failed('emmy', 'NameError: np'), failed('kurt', 'TypeError: x')];
    expect(sharedMistakesOf(new LabModel(emptyState({ cells })))).toEqual([]);
    const alike = [failed('ada', 'NameError: np'), failed('emmy', 'NameError: np'), failed('kurt', 'NameError: np')];
    expect(sharedMistakesOf(new LabModel(emptyState({ cells: alike })))).toEqual([
      {
        question: '2',
        hash: 'NameError: np',
        summary: 'NameError: np',
        error: true,
        participants: ['ada', 'emmy', 'kurt'],
      },
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
    const pace = paceOf(model, ms(12));
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
