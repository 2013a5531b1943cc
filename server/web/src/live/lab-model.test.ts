import fc from 'fast-check';
import { newQuestion } from '@nbpulse/schema/wire';
import { describe, expect, it } from 'vitest';
import { LabModel } from './lab-model.js';
import { foldedCell, foldsOf } from './fold.js';
import { sentOf } from './tally.js';
import {
  activity,
  cell,
  collecting,
  emptyState,
  keys,
  LogByHand,
  minute,
  ms,
  participant,
  people,
  record,
} from './test-lab.js';

/** All that a page shows of a model, without what only animates. */
const shown = (model: LabModel): unknown => ({
  rev: model.rev,
  tallies: model.tallies,
  members: model.members,
  rows: [...model.rows].map(([id, row]) => [
    id,
    row.statuses,
    row.current,
    row.sent,
    row.lastAt,
    row.at,
    row.errorAt,
    [...row.cells].map(([key, one]) => [key, { ...one, pulse: 0, rev: 0 }]),
  ]),
});

const anyRecord = fc
  .record({
    who: fc.constantFrom(...people),
    question: fc.constantFrom(...keys),
    at: fc.integer({ min: 1, max: 90 }),
    error: fc.boolean(),
    verdict: fc.constantFrom('right' as const, 'wrong' as const, 'reached' as const, null),
  })
  .map(({ who, question, at, error, verdict }) => ({
    kind: 'record' as const,
    record: record(who, question, at, { error, verdict: error ? null : verdict }),
  }));

describe('LabModel', () => {
  it('comes to the same in any order of arrival and with repeats, when gaps are read from the log', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(anyRecord, { minLength: 1, maxLength: 4 }), { maxLength: 12 }),
        fc.infiniteStream(fc.nat()),
        (flushes, picks) => {
          const log = new LogByHand();
          for (const flush of flushes) log.commit(...flush);
          const straight = new LabModel(emptyState());
          for (const { from, to, changes } of log.updates) straight.applyUpdate(from, to, changes);

          const model = new LabModel(emptyState());
          for (let n = 0; n < 3 * log.updates.length; n += 1) {
            const pick = log.updates[Number(picks.next().value) % log.updates.length];
            if (!pick) continue;
            if (model.applyUpdate(pick.from, pick.to, pick.changes).kind !== 'gap') continue;
            const page = log.since(model.rev);
            expect(model.applyUpdate(page.from, page.to, page.changes).kind).toBe('applied');
          }
          while (model.rev < log.rev) {
            const page = log.since(model.rev);
            model.applyUpdate(page.from, page.to, page.changes);
          }
          expect(shown(model)).toEqual(shown(straight));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('counts by part what it counts as a whole', () => {
    fc.assert(
      fc.property(fc.array(anyRecord, { maxLength: 40 }), (changes) => {
        // 3.a and 3.b fold.
        const dotted = (key: string): string => key.replace('3', '3.');
        const questions = keys.map((key, position) => newQuestion(dotted(key), position));
        const log = new LogByHand();
        const model = new LabModel(emptyState({ questions }));
        for (const { kind, record: made } of changes) {
          const { from, to, changes: one } = log.commit({ kind, record: { ...made, question: dotted(made.question) } });
          model.applyUpdate(from, to, one);
        }
        keys.forEach((key, index) => {
          const statuses = [...model.rows.values()].map((row) => row.statuses[index]);
          const tally = model.tallies[index];
          for (const status of ['right', 'wrong', 'reached', 'answered', 'error', 'working'] as const)
            expect(tally?.[status], `${status} ${key}`).toBe(statuses.filter((one) => one === status).length);
        });
        foldsOf(model.questions).forEach((fold, index) => {
          const folded = [...model.rows.values()].map((row) => foldedCell(row.statuses, fold));
          const tally = model.foldTallies[index];
          expect(tally?.right).toBe(folded.filter((one) => one.status === 'right').length);
          expect(tally?.all).toBe(folded.filter((one) => one.done === fold.parts.length).length);
        });
        const records = [...model.rows.values()]
          .flatMap((row) => [...row.cells.values()])
          .reduce((n, one) => n + one.records, 0);
        expect(records).toBe(changes.length);
      }),
    );
  });

  it('leaves out of an update what its snapshot held already', () => {
    const model = new LabModel(emptyState({ rev: 5, cells: [cell('ada', '1')] }));
    const late = record('ada', '1', 1);
    const fresh = record('ada', '2', 2);
    model.applyUpdate(4, 6, [
      { kind: 'record', rev: 5, record: late },
      { kind: 'record', rev: 6, record: fresh },
    ]);
    expect(model.rows.get('ada')?.cells.get('1')?.records).toBe(1);
    expect(model.rows.get('ada')?.cells.get('2')?.records).toBe(1);
  });

  it('counts a record of a student who was offline, without making it the last', () => {
    const model = new LabModel(emptyState({ cells: [cell('ada', '1', { lastAt: minute(10), firstAt: minute(10) })] }));
    const early = record('ada', '1', 4, { error: true, summary: 'NameError' });
    model.applyUpdate(0, 1, [{ kind: 'record', rev: 1, record: early }]);
    expect(model.rows.get('ada')?.cells.get('1')).toMatchObject({
      records: 2,
      errors: 1,
      errorRun: 0,
      firstAt: ms(4),
      lastAt: ms(10),
      last: { error: false },
    });
  });

  it('counts errors in a row, and starts again after a record that was none', () => {
    const model = new LabModel(emptyState());
    [true, true, false, true].forEach((error, index) =>
      model.applyUpdate(index, index + 1, [
        { kind: 'record', rev: index + 1, record: record('ada', '1', index, { error }) },
      ]),
    );
    expect(model.rows.get('ada')?.cells.get('1')).toMatchObject({ records: 4, errors: 3, errorRun: 1 });
  });

  it('takes somebody who was removed out of the class and its counts, and back', () => {
    const model = new LabModel(emptyState({ cells: [cell('ada', '1'), cell('kurt', '1')] }));
    model.applyUpdate(0, 1, [{ kind: 'participant', rev: 1, participant: participant('ada', true) }]);
    expect(model.members).toEqual(['emmy', 'kurt']);
    expect(model.tallies[0]?.answered).toBe(1);
    model.applyUpdate(1, 2, [{ kind: 'participant', rev: 2, participant: participant('ada') }]);
    expect(model.members).toContain('ada');
    expect(model.tallies[0]?.answered).toBe(2);
  });

  it('places a question that the first send makes by its position', () => {
    const model = new LabModel(emptyState({ cells: [cell('ada', '1')] }));
    model.applyUpdate(0, 1, [{ kind: 'question', rev: 1, question: newQuestion('2b', 1) }]);
    expect(model.questions.map(({ key }) => key)).toEqual(['1', '2', '2b', '3a', '3b']);
    expect(model.rows.get('ada')?.statuses).toEqual([
      'answered',
      'working',
      'not-started',
      'not-started',
      'not-started',
    ]);
  });

  it('keeps at most 400 points of activity for each student', () => {
    const model = new LabModel(emptyState());
    for (let n = 0; n < 450; n += 1)
      model.applyUpdate(n, n + 1, [{ kind: 'record', rev: n + 1, record: record('ada', '1', n) }]);
    expect(model.rows.get('ada')?.at).toHaveLength(400);
    expect(model.rows.get('ada')?.at.at(-1)).toBe(449);
  });
});

describe('passive activity in the model', () => {
  const happened = (who: string, question: string | null, at: number, error: string | null = null) => ({
    kind: 'activity' as const,
    activity: activity(who, question, at, error),
  });
  const apply = (model: LabModel, log: LogByHand, ...changes: Parameters<LogByHand['commit']>) => {
    const { from, to, changes: numbered } = log.commit(...changes);
    return model.applyUpdate(from, to, numbered);
  };

  it('of the snapshot and of the log come to the same', () => {
    const log = new LogByHand();
    const live = new LabModel(collecting());
    apply(live, log, happened('ada', '2', 3), happened('emmy', '1', 4, 'NameError'));
    const read = new LabModel(
      collecting({ rev: live.rev, latestActivity: [activity('ada', '2', 3), activity('emmy', '1', 4, 'NameError')] }),
    );
    expect(shown(live)).toEqual(shown(read));
    expect(live.rows.get('ada')?.statuses).toEqual(['not-started', 'working', 'not-started', 'not-started']);
    expect(live.rows.get('emmy')?.seen).toEqual({ error: 'NameError', sent: false });
    expect(live.tallies.map(({ working, error }) => [working, error])).toEqual([
      [0, 1],
      [1, 0],
      [0, 0],
      [0, 0],
    ]);
    // An error that was not sent is no answer that was sent, until one is.
    expect(sentOf(live.tallies[0]!)).toBe(0);
    apply(live, log, { kind: 'record', record: record('emmy', '1', 5) });
    expect(sentOf(live.tallies[0]!)).toBe(1);
    expect(live.tallies[0]).toMatchObject({ answered: 1, error: 0, unsent: 0 });
    apply(live, log, happened('emmy', '1', 6, 'NameError'));
    expect(live.tallies[0]).toMatchObject({ answered: 0, error: 1, unsent: 0 });
  });

  it('that comes late does not take the place of a newer one', () => {
    const log = new LogByHand();
    const model = new LabModel(collecting());
    apply(model, log, happened('ada', '2', 9), happened('ada', '1', 3));
    expect(model.rows.get('ada')?.current).toBe(1);
  });

  it('changes no row, no count and nothing visible while a class runs the cells that it is on', () => {
    const log = new LogByHand();
    const model = new LabModel(collecting());
    apply(model, log, ...people.map((who) => happened(who, '2', 1)));
    const before = [...model.rows.values()];
    const { tallies } = model;
    for (let at = 2; at < 40; at += 1) {
      const applied = apply(model, log, ...people.map((who) => happened(who, '2', at)));
      expect(applied).toMatchObject({ kind: 'applied', visible: false });
    }
    expect([...model.rows.values()].every((row, index) => row === before[index])).toBe(true);
    expect(model.tallies).toBe(tallies);
    expect(model.activityOf('ada')?.at).toBe(ms(39));
    const moved = apply(model, log, happened('ada', '3a', 41));
    expect(moved).toMatchObject({ kind: 'applied', visible: true });
    expect([...model.rows.values()].filter((row, index) => row !== before[index])).toHaveLength(1);
  });

  it('counts only while the lab collects it', () => {
    const log = new LogByHand();
    const off = emptyState();
    const model = new LabModel(off);
    apply(model, log, happened('ada', '2', 3));
    expect(model.rows.get('ada')?.current).toBe(-1);
    expect(model.activityOf('ada')).toBeNull();
    const on = { ...off.lab, settings: { ...off.lab.settings, activity: true } };
    apply(model, log, { kind: 'lab', lab: on });
    expect(model.rows.get('ada')?.current).toBe(1);
    apply(model, log, { kind: 'lab', lab: off.lab });
    expect(model.rows.get('ada')?.current).toBe(-1);
  });
});

describe('a student who is erased', () => {
  it('leaves the class, its counts and the model, as the next snapshot has it', () => {
    const log = new LogByHand();
    const model = new LabModel(collecting());
    for (const changes of [
      [{ kind: 'record' as const, record: record('ada', '1', 2) }],
      [{ kind: 'activity' as const, activity: activity('ada', '2', 3) }],
    ]) {
      const { from, to, changes: numbered } = log.commit(...changes);
      model.applyUpdate(from, to, numbered);
    }
    expect(model.tallies[0]?.answered).toBe(1);
    const erased = { ...participant('ada'), name: 'erased', removed: true, erasedAt: minute(9) };
    const { from, to, changes } = log.commit({ kind: 'participant', participant: erased });
    model.applyUpdate(from, to, changes);
    const read = new LabModel(
      collecting({ rev: model.rev, participants: [erased, participant('emmy'), participant('kurt')] }),
    );
    expect(shown(model)).toEqual(shown(read));
    expect(model.members).toEqual(['emmy', 'kurt']);
    expect(model.activityOf('ada')).toBeNull();
  });
});

describe('a record', () => {
  it('replaces the counts that it changes, and no other', () => {
    const log = new LogByHand();
    const model = new LabModel(emptyState());
    const sends = (who: string, at: number): void => {
      const { from, to, changes } = log.commit({ kind: 'record', record: record(who, '1', at) });
      model.applyUpdate(from, to, changes);
    };
    sends('ada', 2);
    const before = model.tallies;
    sends('emmy', 3);
    expect(model.tallies).not.toBe(before);
    expect(model.tallies[0]?.answered).toBe(2);
    for (const [index, tally] of model.tallies.entries()) {
      const old = before[index];
      expect(tally === old).toBe(JSON.stringify(tally) === JSON.stringify(old));
    }
    expect(model.tallies.filter((tally, index) => tally === before[index])).not.toHaveLength(0);
  });
});
