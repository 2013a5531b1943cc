/** Which students a list shows, and in which order. */
import type { Row } from '../live/row.js';

export const filters = ['all', 'online', 'not-online', 'never', 'wrong', 'not-submitted'] as const;
export type StudentFilter = (typeof filters)[number];
export const filterWords: Record<StudentFilter, string> = {
  all: 'Everybody',
  online: 'Online now',
  'not-online': 'Not online now',
  never: 'Never opened',
  wrong: 'With a wrong answer or an error',
  'not-submitted': 'Nothing submitted',
};

const isOnline = (row: Row): boolean => row.presence !== null && row.presence.state !== 'offline';

export function isShown(row: Row, filter: StudentFilter): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'online':
      return isOnline(row);
    case 'not-online':
      return !isOnline(row);
    case 'never':
      return row.participant.openedAt === null;
    case 'wrong':
      return row.statuses.some((status) => status === 'wrong' || status === 'error');
    case 'not-submitted':
      return row.submissions.length === 0;
    default:
      return filter satisfies never;
  }
}
