import { useMemo } from 'react';
import type { ExpectedPreview, RecordView } from '@nbpulse/schema/wire';

/** The records as a draft of the expected answer would judge them; as they are while there is none. */
export function useDrafted(
  records: readonly RecordView[] | null,
  preview: ExpectedPreview | null,
): readonly RecordView[] | null {
  return useMemo(() => {
    if (!records || !preview) return records;
    const right = new Set(preview.right);
    return records.map((record) =>
      record.error || record.verdict === 'reached'
        ? record
        : { ...record, verdict: right.has(record.hash) ? 'right' : 'wrong' },
    );
  }, [records, preview]);
}
