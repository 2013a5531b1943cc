/** The skyline over the dense grid; it changes with every record, the rows do not render with it. */
import { Icon } from '../shell/icons.js';
import { Link } from '../shell/link.js';
import type { CardPlace } from './cell-card.js';
import { columnWords, PlannedBar, SentCount } from './column-head.js';
import { closes, type ColumnFacts, type Columns } from './columns.js';
import { useLab, useModel } from './lab-context.js';
import { PaceHeadline } from './pace-headline.js';
import { useFacts } from './use-facts.js';

interface DenseHeadProps extends Columns {
  now: number;
  show: (place: CardPlace | null, now?: boolean) => void;
}
export function DenseHead({ columns, toggleFold, now, show }: DenseHeadProps) {
  const { session, time } = useLab();
  const questions = useModel((model) => model.questions);
  const { facts, whole } = useFacts(columns, now);
  const inside = (one: ColumnFacts, index: number) => (
    <>
      <PlannedBar facts={one} before={facts[index - 1]} whole={whole} />
      <span className="t">
        <b className="cut">{one.column.key}</b>
        {one.column.kind === 'fold' && <Icon name="right" />}
        <small aria-hidden="true">
          <SentCount facts={one} />
        </small>
        <span className="vh">
          {one.title ?? ''}: {columnWords(one, whole, time.short).join('; ')}
        </span>
      </span>
    </>
  );
  return (
    <div className="sum">
      <PaceHeadline />
      <ol aria-label="Questions" onMouseLeave={() => show(null)}>
        {facts.map((one, index) => {
          const { column } = one;
          const base = closes(column, questions);
          const card = (element: Element, at = false): void =>
            show({ participant: null, column: index, box: element.getBoundingClientRect() }, at);
          return (
            <li
              key={`${column.kind} ${column.key}`}
              onMouseEnter={(event) => card(event.currentTarget)}
              onFocus={(event) => card(event.currentTarget, true)}
              onBlur={() => show(null)}
            >
              {column.kind === 'fold' ? (
                <button
                  type="button"
                  className="fold-head"
                  aria-expanded={false}
                  onClick={() => toggleFold(column.fold.base)}
                >
                  {inside(one, index)}
                </button>
              ) : (
                <Link to={{ page: 'question', lab: session.lab, question: column.key }}>{inside(one, index)}</Link>
              )}
              {base !== null && (
                <button
                  type="button"
                  className="fold-mark"
                  aria-expanded={true}
                  aria-label={`Fold the parts of ${base}`}
                  onClick={() => toggleFold(base)}
                >
                  <Icon name="down" />
                </button>
              )}
            </li>
          );
        })}
      </ol>
    </div>
  );
}
