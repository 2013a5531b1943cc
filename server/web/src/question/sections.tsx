import { memo, useMemo } from 'react';
import type { RecordView, Value } from '@nbpulse/schema/wire';
import type { RecordsView } from '../api/labs.js';
import { CodeAnswers, GroupList, NearRule } from '../groups/index.js';
import { NumberPlot } from './numbers/number-plot.js';
import type { Band } from './numbers/plot-band.js';
import { plottedOf } from './numbers/plotted.js';
import { PictureWall } from './pictures/picture-wall.js';
import { sections, sectionWords, type Group } from './question-feed.js';
import { TableAnswers } from './tables/table-answers.js';

interface SectionsProps {
  /** Every group in sight, in its order. */
  groups: readonly Group[];
  /** All records in view, also those of groups that wait: a number stands in the plot at once. */
  records: readonly RecordView[];
  view: RecordsView;
  found: ReadonlySet<string> | null;
  band: Band | null;
  /** The expected answer, when it is one value. */
  expected: Value | null;
}
/** One section for each kind of answer; headed when there are several. */
export const Sections = memo(function Sections({ groups, records, view, found, band, expected }: SectionsProps) {
  const shown = useMemo(() => (found ? groups.filter((group) => isOf(group, found)) : groups), [groups, found]);
  const present = sections.filter((section) => shown.some((group) => group.section === section));
  if (present.length === 0)
    return (
      <p className="q2 none-found">{found ? 'None of these answers is by somebody of that name.' : 'No answers.'}</p>
    );
  return present.map((section) => {
    const own = shown.filter((group) => group.section === section);
    const n = own.reduce((sum, group) => sum + group.records.length, 0);
    return (
      <section key={section} aria-label={sectionWords[section]} className="qsection">
        {present.length > 1 && (
          <h2>
            {sectionWords[section]} <span className="q3">{n.toLocaleString('en')}</span>
          </h2>
        )}
        {section === 'number' && <Numbers records={records} view={view} found={found} band={band} />}
        {section === 'picture' ? (
          <PictureWall groups={own} view={view} />
        ) : section === 'table' ? (
          <TableAnswers groups={own} view={view} expected={expected} />
        ) : section === 'code' ? (
          <CodeAnswers groups={own} view={view} />
        ) : (
          <GroupList groups={own} view={view} />
        )}
        <NearRule section={section} />
      </section>
    );
  });
});
const isOf = (group: Group, found: ReadonlySet<string>): boolean =>
  group.records.some((record) => found.has(record.participant));

interface NumbersProps {
  records: readonly RecordView[];
  view: RecordsView;
  found: ReadonlySet<string> | null;
  band: Band | null;
}
const Numbers = memo(function Numbers({ records, view, found, band }: NumbersProps) {
  const marks = useMemo(
    () =>
      records.flatMap((record) => {
        const mark = plottedOf(record, record.verdict ?? 'answered');
        return mark ? [mark] : [];
      }),
    [records],
  );
  // One number that all have sent is said by its group; a plot of it would say nothing more.
  if (new Set(marks.map((mark) => mark.at ?? mark.text)).size < 2 && !band) return null;
  return <NumberPlot marks={marks} found={found} band={band} each={view === 'all' ? 'record' : 'student'} />;
});
