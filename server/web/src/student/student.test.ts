import { describe, expect, it } from 'vitest';
import type { TimelineItem } from '@nbpulse/schema/wire';
import { minute, record } from '../live/test-lab.js';
import { foldedOf } from './fold.js';
import { notebookOf } from './notebook.js';
import { withItems } from './use-timeline.js';

const sent = (question: string, at: number): TimelineItem => ({
  kind: 'record',
  at: minute(at),
  record: record('ada', question, at),
});

describe('a timeline', () => {
  it('folds records of one question sent one after the other', () => {
    const lines = foldedOf([{ kind: 'joined', at: minute(0) }, sent('1', 1), sent('1', 2), sent('2', 3), sent('1', 4)]);
    expect(
      lines.map((line) =>
        line.kind === 'records' ? `${line.question}×${String(line.records.length)}` : line.item.kind,
      ),
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
