/** What is said of a run that ended, for the author. */
import type { NotebookReport } from '@nbpulse/schema/wire';

const namedCells = 3;
const most = 1_900;

const cut = (text: string): string => (text.length > most ? `${text.slice(0, most)}…` : text);

/** Null when all went well. */
export function doneWords({
  sent,
  failed,
  leftOut,
}: Pick<NotebookReport, 'sent' | 'failed' | 'leftOut'>): string | null {
  const said: string[] = [];
  if (sent.length === 0) {
    said.push('It sent nothing: a question’s answer is what send(value, question) sends.');
  }
  if (failed.length > 0) {
    const named = failed.slice(0, namedCells).map(({ cell, message }) => `${cell} (${message})`);
    const others = failed.length - named.length;
    const more = others > 0 ? ` and ${String(others)} more` : '';
    said.push(`Not everything ran: ${named.join('; ')}${more}. The other cells ran all the same.`);
  }
  if (leftOut > 0) said.push(`${String(leftOut)} more questions did not fit and were left out.`);
  return said.length > 0 ? cut(said.join(' ')) : null;
}

export const retryWords = (why: string): string =>
  cut(`The sandbox failed, which is not the notebook’s fault. It is tried again by itself. ${why}`);

export const surrenderWords = (why: string | null): string =>
  cut(
    `The sandbox failed each time, which is not the notebook’s fault. Ask whoever runs the server to look at npx nbpulse doctor, then start it again. ${why ?? ''}`.trim(),
  );
