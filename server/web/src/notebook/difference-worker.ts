/** Reads and compares two notebooks beside the page, which stays quick however large they are. */
import '../jitless.js';
import { notebookDifference, type NotebookDifference } from './difference.js';
import { notebookOf, type NotebookCell } from './notebook.js';

export interface ComparisonWanted {
  before: string;
  after: string;
}
export type Comparison =
  | { kind: 'compared'; before: NotebookCell[]; after: NotebookCell[]; difference: NotebookDifference }
  /** Which of them is no notebook. */
  | { kind: 'unreadable'; which: 'older' | 'newer' };

function compared({ before, after }: ComparisonWanted): Comparison {
  const [older, newer] = [notebookOf(before), notebookOf(after)];
  if (!older) return { kind: 'unreadable', which: 'older' };
  if (!newer) return { kind: 'unreadable', which: 'newer' };
  return { kind: 'compared', before: older, after: newer, difference: notebookDifference(older, newer) };
}

addEventListener('message', (message: MessageEvent<ComparisonWanted>) => {
  postMessage(compared(message.data));
});
