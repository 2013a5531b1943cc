import type { Notebook } from '@jupyterlab/notebook';
import { CellMarks, Executions } from './cell-marks.js';
import type { EventHead } from './custodian.js';

const stream = '22222222-2222-4222-8222-222222222222';

/** A notebook of two cells, as far as marks see it. */
function notebook() {
  document.body.innerHTML = '';
  const widgets = ['c1', 'c2'].map((id) => {
    const node = document.createElement('div');
    node.innerHTML = '<div class="jp-Cell-inputWrapper"></div><div class="jp-Cell-outputWrapper"></div>';
    document.body.append(node);
    return { model: { id }, node };
  });
  const state = { waiting: 0, isOffline: false };
  const executions = new Executions();
  const timers: (() => void)[] = [];
  const clock = {
    now: () => new Date(2026, 2, 2, 14, 2, 31).getTime(),
    after: (_: number, run: () => void) => {
      timers.push(run);
      return () => undefined;
    },
  };
  const marks = new CellMarks({ widgets } as unknown as Notebook, clock, executions, () => state);
  const text = (index: number): string => widgets[index]?.node.querySelector('.nbp-CellMark')?.textContent ?? '';
  return { marks, executions, state, text, widgets, late: () => timers.splice(0).forEach((run) => run()) };
}
const record = (seq: number, question: string, cell?: string): EventHead => ({
  kind: 'record',
  seq,
  question,
  ...(cell ? { cell } : {}),
});
const reply = (
  saved: number[],
  refused: { seq: number; code: 'lab-closed' | 'too-large'; message: string }[] = [],
) => ({
  v: 1 as const,
  stream,
  saved,
  refused,
  receivedAt: '2026-03-02T14:02:31Z',
});

describe('the mark beside a cell', () => {
  it('says saved, with the time, next to the cell that sent: between its input and its output', () => {
    const { marks, executions, text, widgets } = notebook();
    executions.note('execute-1', 'c2');
    marks.arrive({ stream, events: [record(1, '3a')], parentId: 'execute-1' });
    marks.answer(reply([1]));
    expect([text(0), text(1)]).toEqual(['', '3a saved 14:02:31']);
    const children = [...(widgets[1]?.node.children ?? [])].map((child) => child.className);
    expect(children).toEqual(['jp-Cell-inputWrapper', 'nbp-CellMark', 'jp-Cell-outputWrapper']);
  });

  it('believes the cell that the kernel names, before the message’s parent', () => {
    const { marks, executions, text } = notebook();
    executions.note('execute-1', 'c2');
    marks.arrive({ stream, events: [record(1, '1', 'c1')], parentId: 'execute-1' });
    marks.answer(reply([1]));
    expect([text(0), text(1)]).toEqual(['1 saved 14:02:31', '']);
  });

  it('says nothing about what is answered at once, and "sending" when it lasts', () => {
    const { marks, text, late } = notebook();
    marks.arrive({ stream, events: [record(1, '1', 'c1')], parentId: '' });
    expect(text(0)).toBe('');
    late();
    expect(text(0)).toBe('1 sending');
  });

  it('counts several questions of one cell in one phrase', () => {
    const { marks, text } = notebook();
    marks.arrive({ stream, events: [record(1, '1', 'c1'), record(2, '2', 'c1'), record(3, '2', 'c1')], parentId: '' });
    marks.answer(reply([1, 2, 3]));
    expect(text(0)).toBe('1, 2 saved 14:02:31');
  });

  it('says queued while the server is away, and saved when it is back', () => {
    const { marks, state, text } = notebook();
    state.isOffline = true;
    state.waiting = 3;
    marks.arrive({ stream, events: [record(1, '3a', 'c1')], parentId: '' });
    expect(text(0)).toBe('3a queued, 3 waiting');
    state.isOffline = false;
    marks.answer(reply([1]));
    expect(text(0)).toBe('3a saved 14:02:31');
  });

  it('says why one was not taken, and that a late one is kept', () => {
    const { marks, text } = notebook();
    marks.arrive({ stream, events: [record(1, '1', 'c1'), record(2, '2', 'c1')], parentId: '' });
    marks.answer(
      reply(
        [],
        [
          { seq: 1, code: 'too-large', message: 'over 1 MB' },
          { seq: 2, code: 'lab-closed', message: 'closed' },
        ],
      ),
    );
    expect(text(0)).toBe('1 not taken: over 1 MB2 kept here: the lab is closed');
  });

  it('shows text of the server and of the student as text', () => {
    const { marks, widgets } = notebook();
    marks.arrive({ stream, events: [record(1, '<img src=x>', 'c1')], parentId: '' });
    marks.answer(reply([], [{ seq: 1, code: 'too-large', message: '<script>alert(1)</script>' }]));
    expect(widgets[0]?.node.querySelector('img, script')).toBeNull();
  });

  it('goes when the cell is run again', () => {
    const { marks, text } = notebook();
    marks.arrive({ stream, events: [record(1, '1', 'c1')], parentId: '' });
    marks.answer(reply([1]));
    marks.start('c1', 'execute-2');
    expect(text(0)).toBe('');
  });

  it('does not go back when an older record arrives again', () => {
    const { marks, text, late } = notebook();
    marks.arrive({ stream, events: [record(2, '1', 'c1')], parentId: '' });
    marks.answer(reply([2]));
    marks.arrive({ stream, events: [record(1, '1', 'c1'), record(2, '1', 'c1')], parentId: '' });
    late();
    expect(text(0)).toBe('1 saved 14:02:31');
  });

  it('forgets a cell that was deleted', () => {
    const { marks } = notebook();
    expect(() => {
      marks.arrive({ stream, events: [record(1, '1', 'gone')], parentId: '' });
      marks.answer(reply([1]));
      marks.redraw();
    }).not.toThrow();
  });
});
