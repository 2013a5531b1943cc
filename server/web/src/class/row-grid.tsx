/** The class in rows: name, a cell per question, activity, last sent. Only the rows in view are in the document. */
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react';
import { defaultRangeExtractor, useVirtualizer, type Range } from '@tanstack/react-virtual';
import { go } from '../address.js';
import { useStripRange } from './activity-strip.js';
import { CellCard } from './cell-card.js';
import { ClassRow } from './class-row.js';
import type { Columns } from './columns.js';
import { useInsight, useLab, useMedia, useNow } from './lab-context.js';
import { GridHead } from './grid-head.js';
import { HeadCard } from './head-card.js';
import type { Place } from './place.js';
import { useCard } from './use-card.js';

const glideMs = 200;

export function RowGrid({ order, above, columns, toggleFold }: Columns & { order: readonly string[]; above: number }) {
  const { session } = useLab();
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
  const many = columns.length > 20;

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
      Home: { row: 0, column: -columns.length - 1 },
      End: { row: 0, column: columns.length + 1 },
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
    const column = Math.max(row < 0 ? 0 : -1, Math.min(columns.length - 1, place.column + step.column));
    wantsFocus.current = true;
    if (row >= 0) virtual.scrollToIndex(row);
    setPlace({ row, column });
  };

  const showCard = (target: EventTarget | null, now = false): void => {
    const cell = target instanceof Element ? target.closest<HTMLElement>('[data-at], th.qh') : null;
    const at = (cell?.dataset['at'] ?? cell?.querySelector<HTMLElement>('[data-at]')?.dataset['at'])
      ?.split(':')
      .map(Number);
    const participant = at?.[0] === undefined || at[0] < 0 ? null : order[at[0]];
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
        aria-colcount={columns.length + 3}
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
        <GridHead place={place} range={range} now={now} columns={columns} toggleFold={toggleFold} />
        <tbody ref={body}>
          {items.map((item) => {
            const id = order[item.index];
            if (id === undefined) return null;
            const gap = item.start - end;
            end = item.end;
            return (
              <RowWithGap key={id} gap={gap} columns={columns.length + 3}>
                <ClassRow
                  columns={columns}
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
          <Spacer height={virtual.getTotalSize() - end} columns={columns.length + 3} />
        </tbody>
      </table>
      {order.length > 200 && <p className="vh">{order.length} students; only those in view are listed.</p>}
      {card?.participant != null && <CellCard place={{ ...card, participant: card.participant }} columns={columns} />}
      {card?.participant === null && <HeadCard place={card} columns={columns} now={now} />}
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
