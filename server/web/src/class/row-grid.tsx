/** The class in rows: name, a cell per question, activity, last sent. Only the rows in view are in the document. */
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react';
import { defaultRangeExtractor, useVirtualizer, type Range } from '@tanstack/react-virtual';
import { go } from '../address.js';
import { Link } from '../shell/link.js';
import { Mark } from '../shell/marks.js';
import { StripAxis, useStripRange, type StripRange } from './activity-strip.js';
import { CellCard } from './cell-card.js';
import { ClassRow } from './class-row.js';
import { useInsight, useLab, useMedia, useModel, useNow } from './lab-context.js';
import { PaceHeadline } from './pace-headline.js';
import { Bar, tallyWords } from './skyline.js';
import { useCard } from './use-card.js';

/** A place in the grid: row −1 is the header, column −1 the name. */
interface Place {
  row: number;
  column: number;
}
const glideMs = 200;

export function RowGrid({ order, above }: { order: readonly string[]; above: number }) {
  const { session } = useLab();
  const questions = useModel((model) => model.questions);
  const { needs } = useInsight();
  const now = useNow(10_000);
  const range = useStripRange(now);
  const large = useMedia('(min-width: 1700px) and (min-height: 940px)');
  const scroller = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLTableSectionElement>(null);
  const orderBefore = useRef(order);
  const [place, setPlace] = useState<Place>({ row: 0, column: 0 });
  const { card, show } = useCard();
  const wantsFocus = useRef(false);
  const rowHeight = large ? 27 : 22;
  const many = questions.length > 20;

  const rangeExtractor = useCallback(
    (visible: Range): number[] => {
      const shown = defaultRangeExtractor(visible);
      // The focused row stays in the document, or the focus would be lost by scrolling.
      if (place.row >= 0 && place.row < visible.count && !shown.includes(place.row)) shown.push(place.row);
      return shown.sort((a, b) => a - b);
    },
    [place.row],
  );
  // eslint-disable-next-line react-hooks/incompatible-library -- its functions are used in this component only
  const virtual = useVirtualizer({
    count: order.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    // The sticky header covers as much of the view as it takes at the top of the table.
    scrollPaddingEnd: 140,
    rangeExtractor,
  });
  useEffect(() => {
    virtual.measure();
  }, [virtual, rowHeight]);

  // Rows glide to their new places; those that come from out of view simply stand there.
  useLayoutEffect(() => {
    const before = orderBefore.current;
    orderBefore.current = order;
    if (before === order || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    const placeBefore = new Map(before.map((id, index) => [id, index]));
    const reachRows = (scroller.current?.clientHeight ?? 0) / rowHeight;
    for (const element of body.current?.querySelectorAll<HTMLElement>('tr[data-id]') ?? []) {
      const id = element.dataset['id'] ?? '';
      const rows = (placeBefore.get(id) ?? Infinity) - order.indexOf(id);
      if (rows === 0 || Math.abs(rows) > reachRows) continue;
      element.animate([{ transform: `translateY(${String(rows * rowHeight)}px)` }, { transform: 'none' }], {
        duration: glideMs,
        easing: 'cubic-bezier(.2, .7, .2, 1)',
      });
    }
  }, [order, rowHeight]);

  useEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    scroller.current
      ?.querySelector<HTMLElement>(`[data-at="${String(place.row)}:${String(place.column)}"]`)
      ?.focus({ preventScroll: place.row < 0 });
  }, [place]);
  const walk = (event: KeyboardEvent): void => {
    const steps: Record<string, Place> = {
      ArrowDown: { row: 1, column: 0 },
      ArrowUp: { row: -1, column: 0 },
      ArrowRight: { row: 0, column: 1 },
      ArrowLeft: { row: 0, column: -1 },
      PageDown: { row: 20, column: 0 },
      PageUp: { row: -20, column: 0 },
      Home: { row: 0, column: -questions.length - 1 },
      End: { row: 0, column: questions.length + 1 },
    };
    const step = steps[event.key];
    if (event.key === 'Enter' && place.row >= 0 && place.column >= 0) {
      const participant = order[place.row];
      if (participant !== undefined) go({ page: 'student', lab: session.lab, participant });
      return;
    }
    if (event.key === 'Escape') show(null);
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const row = Math.max(-1, Math.min(order.length - 1, place.row + step.row));
    const column = Math.max(row < 0 ? 0 : -1, Math.min(questions.length - 1, place.column + step.column));
    wantsFocus.current = true;
    if (row >= 0) virtual.scrollToIndex(row);
    setPlace({ row, column });
  };

  const showCard = (target: EventTarget | null, now = false): void => {
    const cell = target instanceof Element ? target.closest<HTMLElement>('td[data-at]') : null;
    const at = cell?.dataset['at']?.split(':').map(Number);
    const participant = at?.[0] === undefined ? undefined : order[at[0]];
    if (!cell || !at || participant === undefined) {
      show(null);
      return;
    }
    show({ participant, column: at[1] ?? -1, box: cell.getBoundingClientRect() }, now);
  };
  const open = (event: MouseEvent): void => {
    const cell = event.target instanceof Element ? event.target.closest<HTMLElement>('td[data-at]') : null;
    const at = cell?.dataset['at']?.split(':').map(Number);
    const participant = at?.[0] === undefined ? undefined : order[at[0]];
    if (!at || participant === undefined) return;
    setPlace({ row: at[0] ?? 0, column: at[1] ?? 0 });
    go({ page: 'student', lab: session.lab, participant });
  };

  const items = virtual.getVirtualItems();
  const needed = new Set(needs.map((need) => need.participant));
  let end = 0;
  return (
    <div className="grid-scroll" ref={scroller} onScroll={() => show(null)}>
      <table
        className={`grid ${many ? 'many' : ''}`}
        id="grid"
        role="grid"
        aria-label="Students by questions"
        aria-rowcount={order.length + 1}
        aria-colcount={questions.length + 3}
        onKeyDown={walk}
        onMouseOver={(event) => showCard(event.target)}
        onMouseLeave={() => show(null)}
        onFocus={(event) => {
          const at = event.target.dataset['at']?.split(':').map(Number);
          if (at) setPlace({ row: at[0] ?? 0, column: at[1] ?? 0 });
          showCard(event.target, true);
        }}
        onBlur={() => show(null)}
        onClick={open}
      >
        <GridHead place={place} range={range} />
        <tbody ref={body}>
          {items.map((item) => {
            const id = order[item.index];
            if (id === undefined) return null;
            const gap = item.start - end;
            end = item.end;
            return (
              <RowWithGap key={id} gap={gap} columns={questions.length + 3}>
                <ClassRow
                  participant={id}
                  index={item.index}
                  focusColumn={place.row === item.index ? place.column : null}
                  five={item.index >= above && (item.index - above) % 5 === 4}
                  split={above > 0 && item.index === above - 1 && above < order.length}
                  needsHelp={needed.has(id)}
                  now={now}
                  from={range.from}
                  to={range.to}
                />
              </RowWithGap>
            );
          })}
          <Spacer height={virtual.getTotalSize() - end} columns={questions.length + 3} />
        </tbody>
      </table>
      {order.length > 200 && <p className="vh">{order.length} students; only those in view are listed.</p>}
      {card && <CellCard place={card} />}
    </div>
  );
}

function RowWithGap({ gap, columns, children }: { gap: number; columns: number; children: React.ReactNode }) {
  return (
    <>
      <Spacer height={gap} columns={columns} />
      {children}
    </>
  );
}
/** Stands for the rows that are not in the document. */
function Spacer({ height, columns }: { height: number; columns: number }) {
  if (height <= 0) return null;
  return (
    <tr aria-hidden="true" className="spacer">
      <td colSpan={columns} style={{ height }} />
    </tr>
  );
}
/** The skyline and what stands under it. It changes with every record, so it is a part of its own: the rows do not render with it. */
function GridHead({ place, range }: { place: Place; range: StripRange & { openedAt: number } }) {
  const { session, time } = useLab();
  const questions = useModel((model) => model.questions);
  const tallies = useModel((model) => model.tallies);
  const members = useModel((model) => model.members.length);
  const { pace } = useInsight();
  const many = questions.length > 20;
  return (
    <thead>
      <tr aria-rowindex={1}>
        <th className="nmh" scope="col">
          <span className="vh">Student</span>
          <PaceHeadline />
        </th>
        {questions.map(({ key, title }, index) => {
          const tally = tallies[index] ?? { answered: 0, error: 0, working: 0 };
          const sent = tally.answered + tally.error;
          const halfAt = pace.halfAt[index] ?? null;
          return (
            <th key={key} className="qh" scope="col">
              <Link
                to={{ page: 'question', lab: session.lab, question: key }}
                data-at={`-1:${String(index)}`}
                tabIndex={place.row === -1 && place.column === index ? 0 : -1}
                title={title ?? undefined}
              >
                <Bar answered={tally.answered} error={tally.error} working={tally.working} whole={members} />
                <b className="cut">{key}</b>
                <span className="vh">
                  {title ?? ''}: {tallyWords(tally)}
                </span>
                <small aria-hidden="true">
                  <span className="n">{sent > 0 ? sent : '–'}</span>
                  {tally.error > 0 && <em> {tally.error}✕</em>}
                </small>
                {!many && (
                  <small title={halfAt === null ? undefined : 'when half the class had sent it'}>
                    {halfAt === null ? '\u00a0' : time.short(halfAt)}
                  </small>
                )}
              </Link>
            </th>
          );
        })}
        <th className="act" scope="col">
          <span className="vh">Activity</span>
          <Legend half={pace.halfAt.some((at) => at !== null)} />
          <StripAxis {...range} clock={time.short} />
        </th>
        <th className="last" scope="col">
          <small className="xs">last sent</small>
        </th>
      </tr>
    </thead>
  );
}

function Legend({ half }: { half: boolean }) {
  return (
    <div className="legend" aria-hidden="true">
      {(['answered', 'error', 'working', 'not-started'] as const).map((name) => (
        <span key={name}>
          <Mark name={name} size={12} />
          {name === 'not-started' ? 'not started' : name}
        </span>
      ))}
      <span title="The first question without a record after the last one sent">
        <u>5m</u>since last sent
      </span>
      {half && (
        <span>
          <u>14:02</u>half the class
        </span>
      )}
    </div>
  );
}
