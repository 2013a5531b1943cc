/** What the dialog asks of the server. */
import {
  expectedJudged,
  notebookRunProposals,
  notebookRunView,
  proposalsAccepted,
  type ExpectedSetting,
  type NotebookRunKind,
} from '@nbpulse/schema/wire';
import { request } from '../api/request.js';

const at = encodeURIComponent;

export const startRun = (lab: string, kind: NotebookRunKind, file: File) =>
  request(`labs/${at(lab)}/notebook-runs?kind=${kind}&filename=${at(file.name)}`, notebookRunView, {
    method: 'POST',
    bytes: file,
  });
export const readProposals = (lab: string, run: string, signal: AbortSignal) =>
  request(`labs/${at(lab)}/notebook-runs/${at(run)}`, notebookRunProposals, { signal });
export const acceptProposals = (lab: string, run: string, questions: string[]) =>
  request(`labs/${at(lab)}/notebook-runs/${at(run)}/accept`, proposalsAccepted, {
    method: 'POST',
    body: { questions },
  });
/** Puts back what stood there before. */
export const putBack = (lab: string, question: string, before: ExpectedSetting | null) =>
  request(
    `labs/${at(lab)}/questions/${at(question)}/expected`,
    expectedJudged,
    before === null ? { method: 'DELETE' } : { method: 'PUT', body: { answer: before.answer, from: before.from } },
  );
