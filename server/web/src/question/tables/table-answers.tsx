/** Arrays and tables: shape and dtype first, then what sets each apart from the answer that all are compared with. */
import { useState } from 'react';
import type { RecordView, Value } from '@nbpulse/schema/wire';
import type { RecordsView } from '../../api/labs.js';
import { useLab } from '../../class/lab-context.js';
import { Dialog } from '../../shell/dialog.js';
import { count } from '../../shell/time.js';
import { TableView } from '../../values/table-view.js';
import { ValueView } from '../../values/value-view.js';
import { useWholeValue } from '../../values/whole-value.js';
import { GroupList } from '../../groups/index.js';
import type { Group } from '../question-feed.js';
import { differenceOf, type TableValue } from './table-difference.js';

const isTable = (value: Value | null): value is TableValue => value?.t === 'array' || value?.t === 'frame';
const newestOf = (group: Group | undefined): RecordView | null => group?.records[group.records.length - 1] ?? null;

interface Compared {
  value: TableValue;
  /** What it is, in words: "the expected answer". */
  words: string;
  /** Null: it was expected, nobody need have sent it. */
  group: Group | null;
}
/** The expected answer when it is a table, else the commonest right one, else the commonest. */
function useCompared(groups: readonly Group[], expected: Value | null): Compared | null {
  const { session } = useLab();
  const bySize = [...groups].sort((a, b) => b.records.length - a.records.length);
  const right = bySize.find((group) => group.verdict === 'right');
  const group = right ?? bySize[0];
  const value = useWholeValue(session.lab, newestOf(group));
  if (isTable(expected)) return { value: expected, words: 'the expected answer', group: null };
  if (!group || !isTable(value)) return null;
  return { value, words: right ? 'the commonest right answer' : 'the commonest answer', group };
}

interface TableAnswersProps {
  groups: readonly Group[];
  view: RecordsView;
  /** Of the expected answer, when that is one value. */
  expected: Value | null;
}
export function TableAnswers({ groups, view, expected }: TableAnswersProps) {
  const compared = useCompared(groups, expected);
  const [open, setOpen] = useState<Group | null>(null);
  return (
    <>
      <GroupList
        groups={groups}
        view={view}
        draw={(value, group) => {
          if (!isTable(value)) return null;
          const { records, hash } = group;
          const same = compared?.group?.hash === hash || !compared;
          const { words, cells } = same ? noDifference : differenceOf(compared.value, value);
          return (
            <div className="table-answer">
              {compared && same && groups.length > 1 && <p className="q3 sm">Compared with this: {compared.words}.</p>}
              {!same && (
                <p className="differ">
                  {words.length > 0 ? `${capital(words.join('; '))}.` : `Equal to ${compared.words}.`}{' '}
                  <button
                    type="button"
                    className="btn quiet small"
                    aria-label={`Side by side: ${count(records.length, 'record')} and ${compared.words}`}
                    onClick={() => setOpen(group)}
                  >
                    Side by side
                  </button>
                </p>
              )}
              <TableView value={value} marked={cells} />
            </div>
          );
        }}
      />
      {open && compared && <SideBySide group={open} compared={compared} close={() => setOpen(null)} />}
    </>
  );
}
const noDifference = { words: [] as readonly string[], cells: new Set<string>() };
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function SideBySide({ group, compared, close }: { group: Group; compared: Compared; close: () => void }) {
  const { session } = useLab();
  const newest = newestOf(group);
  if (!newest) return null;
  return (
    <Dialog title="Side by side" onClose={close} className="side-by-side">
      <div className="two">
        <section aria-label={compared.words}>
          <h3>{capital(compared.words)}</h3>
          <TableView value={compared.value} />
        </section>
        <section aria-label={`sent ${count(group.records.length, 'time')}`}>
          <h3>Sent {count(group.records.length, 'time')}</h3>
          <ValueView
            lab={session.lab}
            record={newest}
            draw={(value) =>
              isTable(value) ? <TableView value={value} marked={differenceOf(compared.value, value).cells} /> : null
            }
          />
        </section>
      </div>
      <div className="foot">
        <button type="button" className="btn" onClick={close} autoFocus>
          Close
        </button>
      </div>
    </Dialog>
  );
}
