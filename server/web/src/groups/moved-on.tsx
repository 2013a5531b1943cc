import type { RecordView } from '@nbpulse/schema/wire';
import type { RecordsView } from '../api/labs.js';
import { useCalmModel } from '../class/lab-context.js';
import { isMember } from '../live/row.js';
import { useGivenGroups } from './group-tools.js';
import type { GroupedAnswers } from './grouped.js';

/** Of first tries or of every record: how many of these students' latest answer is in another group by now. */
export function MovedOn({ group, view }: { group: GroupedAnswers; view: RecordsView }) {
  const told = useGivenGroups();
  const own = group.answer?.id;
  const question = group.records[0]?.question ?? '';
  const moved = useCalmModel((model) => {
    if (view === 'latest' || own === undefined || !told) return 0;
    let n = 0;
    for (const participant of participantsOf(group.records)) {
      const row = model.rows.get(participant);
      const last = row && isMember(row.participant) ? row.cells.get(question)?.last : undefined;
      const now = last && told.groupOf(last.hash)?.id;
      if (now !== undefined && now !== own) n++;
    }
    return n;
  });
  if (moved === 0) return null;
  return (
    <p className="q2 sm">
      <b>{moved}</b> {moved === 1 ? 'has' : 'have'} since changed their answer
    </p>
  );
}

const participantsOf = (records: readonly RecordView[]): Set<string> =>
  new Set(records.map(({ participant }) => participant));
