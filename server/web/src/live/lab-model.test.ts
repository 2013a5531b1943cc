import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LabModel } from './lab-model.js';
import { cell, emptyState, keys, LogByHand, minute, ms, participant, people, record } from './test-lab.js';

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
    [...row.cells].map(([key, one]) => [key, { ...one, pulse: 0 }]),
  ]),
});

const anyRecord = fc
  .record({
    who: fc.constantFrom(...people),
    question: fc.constantFrom(...keys),
    at: fc.integer({ min: 1, max: 90 }),
    error: fc.boolean(),
  })
  .map(({ who, question, at, error }) => ({ kind: 'record' as const, record: record(who, question, at, { error }) }));

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
        const log = new LogByHand();
        const model = new LabModel(emptyState());
        for (const change of changes) {
          const { from, to, changes: one } = log.commit(change);
          model.applyUpdate(from, to, one);
        }
        keys.forEach((key, index) => {
          const statuses = [...model.rows.values()].map((row) => row.statuses[index]);
          const tally = model.tallies[index];
          for (const status of ['answered', 'error', 'working'] as const)
            expect(tally?.[status], `${status} ${key}`).toBe(statuses.filter((one) => one === status).length);
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
    model.applyUpdate(0, 1, [{ kind: 'question', rev: 1, question: { key: '2b', title: null, position: 1 } }]);
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
