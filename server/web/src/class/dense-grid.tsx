/**
 * Everybody on one screen: blocks of up to 50 rows side by side. A line of the document holds one row of each block beside it, so
 * that only the lines in view are in the document and reading order follows the sorting within a block.
 */
import { useEffect, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { go } from '../address.js';
import { CellCard } from './cell-card.js';
import type { Columns } from './columns.js';
import { DenseHead } from './dense-head.js';
import { DenseRow, denseColumns, shortKey } from './dense-row.js';
import { HeadCard } from './head-card.js';
import { useLab, useMedia, useNow } from './lab-context.js';
import { useCard } from './use-card.js';

const mostBlockRows = 50;
const leastBlockRows = 10;
const blockGapPx = 14;

/** Where the `n`-th student stands, with `across` blocks beside each other: line of the document and block in it. */
export function densePlace(n: number, across: number, blockRows: number): { line: number; block: number } {
  const block = Math.floor(n / blockRows);
  return { line: Math.floor(block / across) * blockRows + (n % blockRows), block: block % across };
}

export function DenseGrid({
  order,
  above,
  columns,
  toggleFold,
}: Columns & { order: readonly string[]; above: number }) {
  const { session } = useLab();
  const now = useNow(10_000);
  const large = useMedia('(min-width: 1700px) and (min-height: 940px)');
  const scroller = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(1_000);
  const [at, setAt] = useState(0);
  const { card, show } = useCard();
  const wantsFocus = useRef(false);
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setWidth(entry.contentRect.width);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const cellWidth = large ? 13 : 10;
  const rowHeight = large ? 16 : 13;
  const needed = (large ? 92 : 62) + columns.length * cellWidth + blockGapPx;
  const fitting = Math.max(1, Math.floor((width + blockGapPx) / needed));
  // A small class spreads over the width, so that nobody scrolls; a large one keeps blocks of fifty.
  const blockRows = Math.max(leastBlockRows, Math.min(mostBlockRows, Math.ceil(order.length / fitting)));
  const blocks = Math.ceil(order.length / blockRows);
  const across = Math.max(1, Math.min(blocks, fitting));
  const bands = Math.ceil(blocks / across);
  const lastBand = order.length - (bands - 1) * across * blockRows;
  const lines = (bands - 1) * blockRows + Math.min(blockRows, lastBand);
  // eslint-disable-next-line react-hooks/incompatible-library -- its functions are used in this component only
  const virtual = useVirtualizer({
    count: lines,
    getScrollElement: () => scroller.current,
    // The first line of a band stands apart from the band above.
    estimateSize: (line) => rowHeight + (line % blockRows === 0 ? (line === 0 ? 16 : 26) : line % 5 === 0 ? 2 : 0),
    overscan: 12,
  });
  useEffect(() => {
    virtual.measure();
  }, [virtual, rowHeight, across, blockRows]);
  useEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    scroller.current?.querySelector<HTMLElement>(`[data-n="${String(at)}"]`)?.focus();
  }, [at]);

  const walk = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1, ArrowRight: blockRows, ArrowLeft: -blockRows, PageDown: 10, PageUp: -10 }[
      event.key
    ];
    if (event.key === 'Enter') {
      const participant = order[at];
      if (participant !== undefined) go({ page: 'student', lab: session.lab, participant });
      return;
    }
    if (event.key === 'Escape') show(null);
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const next = at + step;
    if (next < 0 || next >= order.length) return;
    wantsFocus.current = true;
    virtual.scrollToIndex(densePlace(next, across, blockRows).line);
    setAt(next);
  };
  const nOf = (target: EventTarget | null): { n: number; element: HTMLElement } | null => {
    const element = target instanceof Element ? target.closest<HTMLElement>('[data-n]') : null;
    return element ? { n: Number(element.dataset['n']), element } : null;
  };
  const showCard = (target: EventTarget | null, now = false): void => {
    const found = nOf(target);
    const participant = found && order[found.n];
    if (!found || participant === undefined || participant === null) show(null);
    else show({ participant, column: -1, box: found.element.getBoundingClientRect() }, now);
  };
  const open = (event: MouseEvent): void => {
    const found = nOf(event.target);
    const participant = found ? order[found.n] : undefined;
    if (participant !== undefined) go({ page: 'student', lab: session.lab, participant });
  };

  return (
    <div className="dense-page">
      <DenseHead columns={columns} toggleFold={toggleFold} now={now} show={show} />
      <div className="grid-scroll dense-scroll" ref={scroller} onScroll={() => show(null)}>
        <div
          id="dense"
          role="grid"
          aria-label={`${String(order.length)} students`}
          aria-rowcount={order.length}
          style={{ height: virtual.getTotalSize() }}
          onKeyDown={walk}
          onMouseOver={(event) => showCard(event.target)}
          onMouseLeave={() => show(null)}
          onFocus={(event) => {
            const found = nOf(event.target);
            if (found) setAt(found.n);
            showCard(event.target, true);
          }}
          onBlur={() => show(null)}
          onClick={open}
        >
          {virtual.getVirtualItems().map((line) => {
            const band = Math.floor(line.index / blockRows);
            const inBlock = line.index % blockRows;
            return (
              <div
                key={line.key}
                role="presentation"
                className="dl"
                style={{
                  top: line.start,
                  height: line.size,
                  gridTemplateColumns: `repeat(${String(across)}, minmax(0, ${String(needed + 90)}px))`,
                }}
              >
                {Array.from({ length: across }, (_, block) => {
                  const n = (band * across + block) * blockRows + inBlock;
                  const id = order[n];
                  if (id === undefined) return <span key={block} role="presentation" />;
                  return (
                    <div key={block} role="presentation">
                      {inBlock === 0 && (
                        <div
                          className="dh"
                          aria-hidden="true"
                          style={{ gridTemplateColumns: denseColumns(columns.length, cellWidth) }}
                        >
                          <span />
                          {columns.map(({ key }, column) => (
                            <span key={key}>{shortKey(key, columns[column - 1]?.key)}</span>
                          ))}
                        </div>
                      )}
                      <DenseRow
                        columns={columns}
                        participant={id}
                        n={n}
                        height={rowHeight}
                        cellWidth={cellWidth}
                        focusable={n === at}
                        strong={n < above}
                      />
                    </div>
                  );
                })}
              </div>
            );
          })}
        </div>
      </div>
      {card?.participant != null && <CellCard place={{ ...card, participant: card.participant }} columns={columns} />}
      {card?.participant === null && <HeadCard place={card} columns={columns} now={now} />}
    </div>
  );
}
