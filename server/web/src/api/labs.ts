/** The calls that the pages make, each by the name of what it does. */
import {
  courseView,
  erasePreview,
  failureTable,
  gradeTable,
  labCells,
  labList,
  labLog,
  labView,
  linkView,
  participantErased,
  participantView,
  questionRecords,
  recordView,
  classListed,
  sessionView,
  staffNoteWritten,
  staffSubmission,
  timeline,
  type coursePatch,
  type labPatch,
  type LinkSignIn,
  type participantErase,
  type planWanted,
} from '@nbpulse/schema/wire';
import { z } from 'zod';
import { request, requestText } from './request.js';

const at = encodeURIComponent;
/** What we do with the answer is nothing: the live log tells what changed. */
const anything = z.unknown();

export const readSession = (signal?: AbortSignal) => request('session', sessionView, signal ? { signal } : {});
export const signIn = (email: string, password: string) =>
  request('auth/sign-in/email', anything, { method: 'POST', body: { email, password } });
export const signOut = () => request('auth/sign-out', anything, { method: 'POST', body: {} });

export const readLink = (token: string) => request(`links/${at(token)}`, linkView);
export const spendLink = (token: string, body: LinkSignIn) =>
  request(`links/${at(token)}`, anything, { method: 'POST', body });

export const changeCourse = (course: string, body: z.input<typeof coursePatch>) =>
  request(`courses/${at(course)}`, z.union([courseView, anything]), { method: 'PATCH', body });
export const readLabs = (course: string, signal?: AbortSignal) =>
  request(`courses/${at(course)}/labs`, labList, signal ? { signal } : {});

interface NewLab {
  name: string;
  description: string;
  questions: { key: string; title?: string }[];
}
export const createLab = (course: string, body: NewLab) =>
  request(`courses/${at(course)}/labs`, labView, { method: 'POST', body });
export const changeLab = (lab: string, body: z.input<typeof labPatch>) =>
  request(`labs/${at(lab)}`, anything, { method: 'PATCH', body });
export const deleteLab = (lab: string, joinCode: string) =>
  request(`labs/${at(lab)}`, anything, { method: 'DELETE', body: { joinCode } });

export const readLog = (lab: string, since: number) => request(`labs/${at(lab)}/log?since=${String(since)}`, labLog);

export const readCells = (lab: string, question: string, participant: string | null) =>
  request(
    `labs/${at(lab)}/cells?question=${at(question)}${participant === null ? '' : `&participant=${at(participant)}`}`,
    labCells,
  );
export const changePlan = (lab: string, body: z.input<typeof planWanted>) =>
  request(`labs/${at(lab)}/plan`, anything, { method: 'PUT', body });

export type RecordsView = 'latest' | 'first' | 'all';
export const readRecords = (lab: string, question: string, view: RecordsView, signal?: AbortSignal) =>
  request(`labs/${at(lab)}/questions/${at(question)}/records?view=${view}`, questionRecords, signal ? { signal } : {});
export const readRecord = (lab: string, record: string, signal?: AbortSignal) =>
  request(`labs/${at(lab)}/records/${at(record)}`, recordView, signal ? { signal } : {});

export const readTimeline = (lab: string, participant: string, signal?: AbortSignal) =>
  request(`labs/${at(lab)}/participants/${at(participant)}/timeline`, timeline, signal ? { signal } : {});
export const changeParticipant = (lab: string, participant: string, body: { name?: string; removed?: true }) =>
  request(`labs/${at(lab)}/participants/${at(participant)}`, z.union([participantView, anything]), {
    method: 'PATCH',
    body,
  });
export const writeNote = (lab: string, participant: string, body: { text: string; of: string | null }) =>
  request(`labs/${at(lab)}/participants/${at(participant)}/note`, staffNoteWritten, { method: 'PUT', body });
export const addClassList = (lab: string, names: string[]) =>
  request(`labs/${at(lab)}/people`, classListed, { method: 'POST', body: { names } });
export const readErasePreview = (lab: string, participant: string, signal?: AbortSignal) =>
  request(`labs/${at(lab)}/participants/${at(participant)}/erase`, erasePreview, signal ? { signal } : {});
export const eraseParticipant = (lab: string, participant: string, body: z.input<typeof participantErase>) =>
  request(`labs/${at(lab)}/participants/${at(participant)}/erase`, participantErased, { method: 'POST', body });
export const readCheckpoint = (lab: string, checkpoint: string, signal?: AbortSignal) =>
  requestText(`labs/${at(lab)}/checkpoints/${at(checkpoint)}/notebook`, { signal });

export const readSubmission = (lab: string, submission: string, signal?: AbortSignal) =>
  request(`labs/${at(lab)}/submissions/${at(submission)}`, staffSubmission, signal ? { signal } : {});
export const readExecuted = (lab: string, submission: string, signal?: AbortSignal) =>
  requestText(`labs/${at(lab)}/submissions/${at(submission)}/executed`, { signal });
export const gradeAgain = (lab: string, submission: string) =>
  request(`labs/${at(lab)}/submissions/${at(submission)}/regrade`, anything, { method: 'POST', body: {} });
export const readFailures = (lab: string, signal?: AbortSignal) =>
  request(`labs/${at(lab)}/failures`, failureTable, signal ? { signal } : {});
export const readGrades = (lab: string, signal?: AbortSignal) =>
  request(`labs/${at(lab)}/grades`, gradeTable, signal ? { signal } : {});
