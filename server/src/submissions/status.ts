/** A submission's status, derived from timestamps, here and nowhere else. */
import type { SubmissionStatus } from '@nbpulse/schema/wire';
import type { RunState } from '../grading/index.js';

export interface Standing {
  status: SubmissionStatus;
  /** For the student, in words, when it is not simply queued, running or done. */
  note: string | null;
  /** For staff: what went wrong on our side. */
  staffNote: string | null;
}

export const gradingOffNote = 'Grading is off on this server. It is handed in, and will be graded once grading is on.';

/**
 * @param newest the submission's newest run, or null when none was ever queued
 * @param gradingOn whether a worker that can grade has called of late
 */
export function standingOf(newest: RunState | null, gradingOn: boolean, now: Date = new Date()): Standing {
  if (newest?.endedAt) return { status: 'done', note: null, staffNote: null };
  if (newest?.waitsFor) return waitingStanding(newest.waitsFor, gradingOn);
  if (!newest?.job || newest.job.failedAt) {
    return {
      status: 'ungraded',
      note: 'It could not be graded, by a fault on our side. It is handed in; your teacher was told and can have it graded again.',
      staffNote: newest?.job?.lastError ?? 'Its run is gone from the queue. Grade it again.',
    };
  }
  const { attempts, leaseEndsAt, lastError } = newest.job;
  const tried = lastError === null ? null : `Attempt ${attempts} failed and is being retried: ${lastError}`;
  if (leaseEndsAt && leaseEndsAt > now) return { status: 'running', note: null, staffNote: tried };
  if (!gradingOn) return { status: 'ungraded', note: gradingOffNote, staffNote: tried };
  if (attempts > 0) {
    return {
      status: 'retrying',
      note: 'Being retried: the grading was interrupted by a fault on our side.',
      staffNote: tried ?? `Attempt ${attempts} was interrupted; the next one starts by itself.`,
    };
  }
  return { status: 'queued', note: null, staffNote: null };
}

/** It has no place in the queue yet: no version of the tests may grade. */
function waitingStanding({ version, state, why }: NonNullable<RunState['waitsFor']>, gradingOn: boolean): Standing {
  const waits = 'It waits, and is graded by itself once a version passes its check.';
  switch (state) {
    case 'failed':
      return {
        status: 'ungraded',
        note: 'It is handed in. It will be graded once your teacher has mended the tests of this assignment.',
        staffNote: `The check of version ${version} found: ${why ?? 'see the assignment’s page'} ${waits}`,
      };
    case 'not-done':
      return {
        status: 'ungraded',
        note: 'It is handed in. It will be graded once the tests of this assignment have been checked.',
        staffNote: `Version ${version} could not be checked: ${why ?? 'nobody knows why'} ${waits}`,
      };
    case 'waiting':
    case 'passed':
    case 'unchecked':
      return gradingOn
        ? {
            status: 'queued',
            note: 'It is handed in, and waits until the tests of this assignment have been checked.',
            staffNote: `Version ${version} is being checked. ${waits}`,
          }
        : { status: 'ungraded', note: gradingOffNote, staffNote: `Version ${version} waits for its check.` };
    default:
      return state satisfies never;
  }
}
