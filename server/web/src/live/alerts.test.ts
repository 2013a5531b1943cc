import { describe, expect, it } from 'vitest';
import { defaultLabSettings, newQuestion, type AlertRules, type LabState } from '@nbpulse/schema/wire';
import { shownAlerts } from './alert-keeper.js';
import { alertsOf, type Alert } from './alerts.js';
import { LabModel } from './lab-model.js';
import { paceOf } from './pace.js';
import { cell, emptyState, minute, ms, participant, people } from './test-lab.js';

const failed = (who: string, at: number, hash = 'e') =>
  cell(who, '2', {
    lastAt: minute(at),
    last: { id: who, summary: 'IndexError: 4', hash, error: true, verdict: null },
  });
const rules = (over: Partial<AlertRules>): AlertRules => ({
  sameError: { on: true, students: 2, minutes: 5 },
  behind: { on: true, share: 0.5, minutes: 5 },
  silence: { on: true, minutes: 10 },
  ...over,
});
const alerts = (over: Partial<LabState>, now: number, wanted: Partial<AlertRules> = {}) => {
  const state = emptyState(over);
  const lab = { ...state.lab, settings: { ...defaultLabSettings, alerts: rules(wanted) } };
  const model = new LabModel({ ...state, lab });
  return alertsOf(model, paceOf(model, ms(now)), ms(now));
};

describe('many with the same error', () => {
  const cells = [failed('ada', 20), failed('emmy', 22), failed('kurt', 22, 'another')];
  it('are told with what, who and since when', () => {
    expect(alerts({ cells }, 23)).toEqual([
      expect.objectContaining({
        rule: 'sameError',
        strong: '2 of 3 have the same IndexError on 2.',
        since: ms(22),
        question: '2',
      }),
    ]);
  });
  it('are no more once the minutes have passed, or below the threshold, or with the rule off', () => {
    expect(alerts({ cells }, 26)).toEqual([]);
    expect(alerts({ cells }, 23, { sameError: { on: true, students: 3, minutes: 5 } })).toEqual([]);
    expect(alerts({ cells }, 23, { sameError: { on: false, students: 2, minutes: 5 } })).toEqual([]);
  });
});

describe('behind the plan', () => {
  const questions = [{ ...newQuestion('1', 1), targetMinutes: 10 }, newQuestion('2', 2)];
  const sent = (who: string) => cell(who, '1', { lastAt: minute(14) });
  it('is told from so many minutes after a question was due, while so many have not sent it', () => {
    expect(alerts({ questions, cells: [sent('ada')] }, 14)).toEqual([]);
    expect(alerts({ questions, cells: [sent('ada')] }, 16)).toEqual([
      expect.objectContaining({ rule: 'behind', strong: '2 of 3 have not sent 1.', since: ms(15) }),
    ]);
    expect(alerts({ questions, cells: [sent('ada'), sent('emmy')] }, 16)).toEqual([]);
  });
  it('counts only who has opened the notebook', () => {
    const participants = [participant('ada'), { ...participant('emmy'), openedAt: null }];
    expect(alerts({ questions, participants, cells: [sent('ada')] }, 16)).toEqual([]);
  });
});

describe('silence', () => {
  it('is told once nobody sends any more, but not of a class that never began or is through', () => {
    const cells = [cell('ada', '1', { lastAt: minute(3) })];
    expect(alerts({ cells }, 12)).toEqual([]);
    expect(alerts({ cells }, 15)).toEqual([
      expect.objectContaining({ rule: 'silence', strong: 'Nobody has sent anything for 12 min.', since: ms(13) }),
    ]);
    expect(alerts({}, 60)).toEqual([]);
    expect(alerts({ cells: people.map((who) => cell(who, '3b', { lastAt: minute(3) })) }, 60)).toEqual([]);
  });
  it('is none in a lab that is not open', () => {
    const state = emptyState({ cells: [cell('ada', '1')] });
    const model = new LabModel({ ...state, lab: { ...state.lab, status: 'closed' } });
    expect(alertsOf(model, paceOf(model, ms(60)), ms(60))).toEqual([]);
  });
});

describe('which alerts are shown', () => {
  const alert = (rule: Alert['rule'], key: string): Alert => ({
    rule,
    key,
    strong: '',
    rest: '',
    since: 0,
    question: null,
  });
  const [a, b, s] = [alert('sameError', 'a'), alert('sameError', 'b'), alert('silence', 's')];
  const none = new Set<string>();
  it('are one per rule, and the same one as long as it is true', () => {
    expect(shownAlerts([a, b, s], [], none).shown).toEqual([a, s]);
    expect(shownAlerts([b, a], [a], none).shown).toEqual([a]);
    expect(shownAlerts([b], [a], none).shown).toEqual([b]);
  });
  it('are not those that were dismissed, until their condition has ended and come anew', () => {
    const dismissed = shownAlerts([a], [a], new Set(['a']));
    expect(dismissed.shown).toEqual([]);
    const ended = shownAlerts([], [], dismissed.dismissed);
    expect([...ended.dismissed]).toEqual([]);
    expect(shownAlerts([a], [], ended.dismissed).shown).toEqual([a]);
  });
});
