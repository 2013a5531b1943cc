/** Which events are taken, by how their lab and their participant stand. */
import type { Reception } from './batch.js';
import type { ReadyEvent } from './read-event.js';

export interface LabStanding {
  status: string;
  closedAtMs: number | null;
  deleted: boolean;
  /** Records, notebooks and names went, by the lab's erase date. */
  erased: boolean;
  /** Passive activity is collected. */
  activity: boolean;
}
export interface ParticipantStanding {
  /** When sending was switched off; null while it is on. */
  sendingOffAtMs: number | null;
}

/** @param madeAtMs on our clock */
export function refusalBy(
  lab: LabStanding,
  { sendingOffAtMs }: ParticipantStanding,
  { kind }: ReadyEvent,
  madeAtMs: number,
): Reception {
  const { status, closedAtMs } = lab;
  if (lab.deleted) return { code: 'lab-deleted', message: 'This lab was deleted. Nothing more can be sent to it.' };
  if (lab.erased && status !== 'open') {
    return {
      code: 'lab-deleted',
      message: 'The records of this lab were erased on its erase date. Nothing more can be sent to it.',
    };
  }
  if (kind === 'activity' && !lab.activity) {
    return { code: 'activity-off', message: 'This lab does not collect which cells ran. Nothing of it was kept.' };
  }
  if (status === 'draft') {
    return {
      code: 'lab-closed',
      message: 'This lab is not open yet. The record stays on this computer and goes out when it opens.',
    };
  }
  if (status === 'closed' && (closedAtMs === null || madeAtMs > closedAtMs)) {
    return {
      code: 'lab-closed',
      message: 'This lab is closed. The record was made after it closed; it stays on this computer.',
    };
  }
  if (sendingOffAtMs !== null && madeAtMs > sendingOffAtMs) {
    return {
      code: 'sending-off',
      message: 'You switched sending off before this was made. It stays on this computer until you switch it on.',
    };
  }
  return null;
}
