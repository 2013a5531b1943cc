import { describe, expect, it } from 'vitest';
import { newQuestion, type Change, type RecordView, type TimelineItem } from '@nbpulse/schema/wire';
import { minute, participant, record } from '../live/test-lab.js';
import { foldedOf } from './fold.js';
import { notebookOf } from '../notebook/notebook.js';
import { asksAnew, withItems } from './use-timeline.js';
import { whatChanged } from './what-changed.js';

const sent = (question: string, at: number): TimelineItem => ({
  kind: 'record',
  at: minute(at),
  record: record('ada', question, at),
  removedBy: null,
});

describe('a timeline', () => {
  it('folds records of one question sent one after the other', () => {
    const lines = foldedOf([{ kind: 'joined', at: minute(0) }, sent('1', 1), sent('1', 2), sent('2', 3), sent('1', 4)]);
    expect(
      lines.map((line) => (line.kind === 'records' ? `${line.question}×${String(line.items.length)}` : line.item.kind)),
    ).toEqual(['joined', '1×2', '2×1', '1×1']);
  });
  it('takes each change once, in order of time, and leaves those of others out', () => {
    const items = [sent('1', 1), sent('2', 5)];
    const own = record('ada', '3a', 3);
    const change = { kind: 'record' as const, rev: 4, record: own };
    const next = withItems(items, [change, change, { ...change, record: record('emmy', '1', 2) }], 'ada');
    expect(next.map((item) => item.at)).toEqual([minute(1), minute(3), minute(5)]);
    expect(withItems(items, [], 'ada')).toBe(items);
  });
  it('is read anew when no change tells the whole: a verdict judged anew, a record taken out, sending switched', () => {
    const question = newQuestion('1', 0);
    const ada = (more: object): Change => ({ kind: 'record', rev: 4, record: { ...record('ada', '1', 1), ...more } });
    const anew = (change: Change) => asksAnew([change], 'ada', [question]);
    expect([anew(ada({})), anew(ada({ hidden: true })), anew(ada({ deleted: true }))]).toEqual([false, true, true]);
    expect(anew({ kind: 'question', rev: 4, question })).toBe(false);
    expect(anew({ kind: 'question', rev: 4, question: { ...question, judgedRev: 4 } })).toBe(true);
    expect(anew({ kind: 'participant', rev: 4, participant: { ...participant('ada'), sending: false } })).toBe(true);
    expect(anew({ kind: 'participant', rev: 4, participant: participant('emmy') })).toBe(false);
  });
});

describe('what changed between two records', () => {
  const sentValue = (value: RecordView['value'], summary: string, hash = summary): RecordView => ({
    ...record('ada', '1', 1),
    value,
    summary,
    hash,
    tag: value?.t ?? null,
  });
  const code = (v: string) =>
    sentValue({ t: 'code', kind: 'function', name: 'f', src: { t: 'str', v } } as RecordView['value'], v);
  it('is told as two short values, as lines, or not at all', () => {
    const int = (v: string) => sentValue({ t: 'int', v }, v);
    expect(whatChanged(int('1'), int('2'))).toEqual({ kind: 'values', from: '1', to: '2' });
    expect(whatChanged(int('1'), int('1'))).toEqual({ kind: 'same' });
    const lines = whatChanged(code('def f(a):\n  return a + 1'), code('def f(a):\n  return a - 1'));
    expect(lines.kind === 'lines' && lines.difference.lines.map((one) => one.kind)).toEqual([
      'same',
      'removed',
      'added',
    ]);
    expect(whatChanged(int('1'), code('def f():\n  pass')).kind).toBe('other');
  });
});

describe('a stored notebook', () => {
  it('is read into Markdown, code and outputs as text or picture', () => {
    const cells = notebookOf(
      JSON.stringify({
        cells: [
          { cell_type: 'markdown', source: ['# Lab\n', 'text'] },
          {
            cell_type: 'code',
            source: 'f()',
            execution_count: 3,
            outputs: [
              { output_type: 'stream', name: 'stderr', text: 'careful' },
              { output_type: 'display_data', data: { 'image/png': 'aGk=\n', 'text/plain': 'Figure' } },
              {
                output_type: 'execute_result',
                data: { 'text/html': '<script>alert(1)</script>', 'text/plain': ['a', 'b'] },
              },
              { output_type: 'display_data', data: { 'image/png': 'x" onerror="alert(1)', 'text/html': '<b>' } },
              { output_type: 'who knows' },
            ],
          },
        ],
      }),
    );
    expect(cells?.[0]).toMatchObject({ kind: 'markdown', source: '# Lab\ntext' });
    expect(cells?.[1]?.outputs).toEqual([
      { kind: 'text', text: 'careful', wrong: true },
      { kind: 'picture', mime: 'image/png', b64: 'aGk=' },
      { kind: 'text', text: 'ab', wrong: false },
      { kind: 'left-out', mime: 'image/png' },
      { kind: 'left-out', mime: 'an output of unknown form' },
    ]);
  });
  it('shows a broken cell as text, and says when there is nothing to show', () => {
    expect(notebookOf('{"cells":[{"nothing":1}]}')?.[0]?.kind).toBe('raw');
    expect(notebookOf('{"cells":3}')).toBeNull();
    expect(notebookOf('not json')).toBeNull();
  });
});
