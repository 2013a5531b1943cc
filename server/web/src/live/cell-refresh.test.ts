import { describe, expect, it } from 'vitest';
import { newQuestion, type LabCells } from '@nbpulse/schema/wire';
import type { Answer } from '../api/request.js';
import { CellRefresh } from './cell-refresh.js';
import type { CellScope } from './lab-model.js';
import { LabStore } from './lab-store.js';
import { cell, emptyState, LogByHand, minute, record } from './test-lab.js';

/** A page whose requests are answered by hand, in any order. */
async function page() {
  const log = new LogByHand();
  const start = emptyState({ cells: [cell('ada', '1'), cell('emmy', '1')] });
  const frames: (() => void)[] = [];
  const later: (() => void)[] = [];
  const asked: { scope: CellScope; answer: (told: Answer<LabCells>) => void }[] = [];
  const store = new LabStore({
    readState: () => Promise.resolve({ ok: true, value: start }),
    readLog: (since) => Promise.resolve({ ok: true, value: log.since(since) }),
    schedule: (flush) => frames.push(flush),
    now: () => 0,
  });
  const end = new CellRefresh(store, {
    read: (scope) => new Promise((answer) => asked.push({ scope, answer })),
    later: (act) => {
      later.push(act);
      return () => undefined;
    },
  }).start();
  await store.load();
  const run = (queue: (() => void)[]): void => {
    for (const act of queue.splice(0)) act();
  };
  const commit = (...changes: Parameters<LogByHand['commit']>): void => {
    store.receive({ v: 1, type: 'update', ...log.commit(...changes) });
    run(frames);
  };
  return {
    store,
    asked,
    end,
    commit,
    /** Lets the waiting read begin. */
    begin: () => run(later),
    answered: async (told: Answer<LabCells>): Promise<void> => {
      asked.shift()?.answer(told);
      for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    },
    cell: (who: string, question = '1') => store.model?.rows.get(who)?.cells.get(question),
  };
}
const cells = (rev: number, ...list: LabCells['cells']): Answer<LabCells> => ({
  ok: true,
  value: { rev, cells: list },
});
const judged = (who: string, verdict: 'right' | 'wrong', records = 1) =>
  cell(who, '1', { records, last: { id: who, summary: '1', hash: 'h', error: false, verdict } });
const judgedAnew = (rev: number) => ({
  kind: 'question' as const,
  question: { ...newQuestion('1', 0), judgedRev: rev },
});

describe('cells that are read anew', () => {
  it('are a whole column when a question was judged anew', async () => {
    const { asked, commit, begin, answered, cell: shown, store } = await page();
    commit(judgedAnew(1));
    begin();
    expect(asked.map(({ scope }) => scope)).toEqual([{ question: '1', participant: null }]);
    await answered(cells(1, judged('ada', 'right'), judged('emmy', 'wrong')));
    expect([shown('ada')?.last.verdict, shown('emmy')?.last.verdict]).toEqual(['right', 'wrong']);
    expect(store.model?.tallies[0]).toMatchObject({ right: 1, wrong: 1, answered: 0 });
  });

  it('do not overwrite what came after the answer was made, and are asked for once more', async () => {
    const { asked, commit, begin, answered, cell: shown } = await page();
    commit(judgedAnew(1));
    begin();
    commit({ kind: 'record', record: record('ada', '1', 5, { verdict: 'wrong' }) });
    await answered(cells(1, judged('ada', 'right'), judged('emmy', 'wrong')));
    expect(shown('ada')).toMatchObject({ records: 2, last: { verdict: 'wrong' } });
    expect(shown('emmy')?.last.verdict).toBe('wrong');
    begin();
    expect(asked).toHaveLength(1);
    await answered(cells(2, judged('ada', 'wrong', 2), judged('emmy', 'wrong')));
    expect(shown('ada')).toMatchObject({ records: 2, last: { verdict: 'wrong' } });
    begin();
    expect(asked).toHaveLength(0);
  });

  it('count a record once that the answer held before the log brought it', async () => {
    const { commit, begin, answered, cell: shown } = await page();
    commit(judgedAnew(1));
    begin();
    await answered(cells(2, judged('ada', 'right', 2), judged('emmy', 'wrong')));
    expect(shown('ada')?.records).toBe(2);
    commit({ kind: 'record', record: record('ada', '1', 5) });
    expect(shown('ada')?.records).toBe(2);
    commit({ kind: 'record', record: record('ada', '1', 6) });
    expect(shown('ada')?.records).toBe(3);
  });

  it('are one cell when a record was hidden or deleted, gone when it was the only one, back when it is shown again', async () => {
    const { asked, commit, begin, answered, cell: shown } = await page();
    const one = record('ada', '1', 1, { id: 'ada 1' });
    for (const over of [{ hidden: true }, { deleted: true }]) {
      commit({ kind: 'record', record: { ...one, ...over } });
      begin();
      expect(asked.map(({ scope }) => scope)).toEqual([{ question: '1', participant: 'ada' }]);
      await answered(cells(9));
      expect(shown('ada')).toBeUndefined();
    }
    commit({ kind: 'record', record: one });
    begin();
    await answered(cells(9, cell('ada', '1')));
    expect(shown('ada')?.records).toBe(1);
  });

  it('tell a record that is shown again from a new one by when it was received', async () => {
    const { asked, commit, begin, answered, cell: shown } = await page();
    commit({ kind: 'record', record: record('emmy', '2', 30) });
    commit({ kind: 'record', record: record('ada', '1', 1, { receivedAt: minute(1) }) });
    begin();
    expect(asked.map(({ scope }) => scope)).toEqual([{ question: '1', participant: 'ada' }]);
    await answered(cells(2, cell('ada', '1')));
    expect(shown('ada')?.records).toBe(1);
  });

  it('are asked for again after a failure, and no more after the page has left', async () => {
    const { asked, commit, begin, answered, end } = await page();
    commit(judgedAnew(1));
    begin();
    await answered({ ok: false, failure: { code: 'unreachable', message: '', status: 0 } });
    begin();
    expect(asked).toHaveLength(1);
    end();
    commit(judgedAnew(2));
    begin();
    expect(asked).toHaveLength(1);
  });
});
