/** The skyline and what stands under it. It changes with every record, so it is a part of its own: the rows do not render with it. */
import type { MarkName } from '../shell/marks.js';
import { Icon } from '../shell/icons.js';
import { Link } from '../shell/link.js';
import { Mark, markWords } from '../shell/marks.js';
import { StripAxis, type StripRange } from './activity-strip.js';
import { columnWords, HalfTime, PlannedBar, SentCount } from './column-head.js';
import { closes, type ColumnFacts, type Columns } from './columns.js';
import { howKnown } from './how-known.js';
import { useLab, useModel } from './lab-context.js';
import { PaceHeadline } from './pace-headline.js';
import type { Place } from './place.js';
import { useFacts } from './use-facts.js';

interface GridHeadProps extends Columns {
  place: Place;
  range: StripRange & { openedAt: number };
  now: number;
}
export function GridHead({ place, range, now, columns, toggleFold }: GridHeadProps) {
  const { session, time } = useLab();
  const questions = useModel((model) => model.questions);
  const { facts, whole } = useFacts(columns, now);
  const many = columns.length > 20;
  const inside = (one: ColumnFacts, index: number) => (
    <>
      <PlannedBar facts={one} before={facts[index - 1]} whole={whole} />
      <b className="cut">
        {one.column.key}
        {one.column.kind === 'fold' && <Icon name="right" />}
      </b>
      <span className="vh">
        {one.title ?? ''}: {columnWords(one, whole, time.short).join('; ')}
      </span>
      <small aria-hidden="true">
        <SentCount facts={one} />
      </small>
      {!many && (
        <small aria-hidden="true">
          <HalfTime facts={one} clock={time.short} />
        </small>
      )}
    </>
  );
  return (
    <thead>
      <tr aria-rowindex={1}>
        <th className="nmh" scope="col">
          <span className="vh">Student</span>
          <PaceHeadline />
        </th>
        {facts.map((one, index) => {
          const { column } = one;
          const base = closes(column, questions);
          const focus = {
            'data-at': `-1:${String(index)}`,
            tabIndex: place.row === -1 && place.column === index ? 0 : -1,
          };
          return (
            <th
              key={`${column.kind} ${column.key}`}
              className={`qh ${column.kind === 'question' && column.part ? 'part' : ''}`}
              scope="col"
            >
              {column.kind === 'fold' ? (
                <button
                  type="button"
                  className="fold-head"
                  aria-expanded={false}
                  {...focus}
                  onClick={() => toggleFold(column.fold.base)}
                >
                  {inside(one, index)}
                </button>
              ) : (
                <Link to={{ page: 'question', lab: session.lab, question: column.key }} {...focus}>
                  {inside(one, index)}
                </Link>
              )}
              {base !== null && (
                <button
                  type="button"
                  className="fold-mark"
                  aria-expanded={true}
                  aria-label={`Fold the parts of ${base}`}
                  title={`Fold the parts of ${base}`}
                  onClick={() => toggleFold(base)}
                >
                  <Icon name="down" />
                </button>
              )}
            </th>
          );
        })}
        <th className="act" scope="col">
          <span className="vh">Activity</span>
          <div className="act-head">
            <Legend facts={facts} />
            <StripAxis {...range} clock={time.short} />
          </div>
        </th>
        <th className="last" scope="col">
          <small className="xs">last sent</small>
        </th>
      </tr>
    </thead>
  );
}

/** Right, wrong and reached only where something can be; what is said is what is there. */
function Legend({ facts }: { facts: readonly ColumnFacts[] }) {
  const activity = useModel((model) => model.lab.settings.activity);
  const judged = useModel((model) => model.questions.some((one) => one.expected !== null));
  const reached = useModel((model) => model.questions.some((one) => one.reachedKnown));
  const names: MarkName[] = [
    ...(judged ? (['right', 'wrong'] as const) : []),
    'error',
    'answered',
    ...(reached ? (['reached'] as const) : []),
    'working',
    'not-started',
  ];
  return (
    <div className="legend" aria-hidden="true">
      {names.map((name) => (
        <span key={name} title={name === 'error' || name === 'working' ? howKnown(activity) : undefined}>
          <Mark name={name} size={12} />
          {markWords[name]}
        </span>
      ))}
      {facts.some(({ planned }) => planned !== null) && (
        <span>
          <s className="plan-key" />
          plan by now
        </span>
      )}
      {facts.some(({ halfAt, predictedAt }) => halfAt !== null || predictedAt !== null) && (
        <span>
          <u>≈14:09</u>half had it
        </span>
      )}
    </div>
  );
}
