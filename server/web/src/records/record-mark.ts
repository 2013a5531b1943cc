import type { RecordView } from '@nbpulse/schema/wire';
import type { MarkName } from '../shell/marks.js';

/** An error says more than that it is not the expected answer. */
export const markOf = (record: RecordView): MarkName => (record.error ? 'error' : (record.verdict ?? 'answered'));
