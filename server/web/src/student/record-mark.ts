/** What a record's mark says: deleted and hidden ones are told by words beside it. */
import type { RecordView } from '@nbpulse/schema/wire';
import type { MarkName } from '../shell/marks.js';

export const isOut = (record: RecordView): boolean => record.deleted || record.hidden;

export function markOf(record: RecordView): MarkName {
  if (isOut(record)) return 'not-started';
  return record.error ? 'error' : (record.verdict ?? 'answered');
}
