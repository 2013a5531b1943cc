/**
 * Everybody on one screen: blocks of up to 50 rows side by side. A line of the document holds one row of each block beside it, so
 * that only the lines in view are in the document and reading order follows the sorting within a block.
 */
import { memo, useEffect, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { go } from '../address.js';
import { Link } from '../shell/link.js';
import { markWords, presenceName, presenceWords } from '../shell/marks.js';
import { CellCard } from './cell-card.js';
import { useLab, useMedia, useModel, useRow } from './lab-context.js';
import { PaceHeadline } from './pace-headline.js';
import { Bar, tallyWords } from './skyline.js';
import { useCard } from './use-card.js';

const mostBlockRows = 50;
const leastBlockRows = 10;
const blockGapPx = 14;

/** Where the `n`-th student stands, with `across` blocks beside each other: line of the document and block in it. */
export function densePlace(n: number, across: number, blockRows: number): { line: number; block: number } {
  const block = Math.floor(n / blockRows);
  return { line: Math.floor(block / across) * blockRows + (n % blockRows), block: block % across };
}

export function DenseGrid({ order, above }: { order: readonly string[]; above: number }) {
  const { session } = useLab();
  const questions = useModel((model) => model.questions);
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
  const needed = (large ? 92 : 62) + questions.length * cellWidth + blockGapPx;
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
      <DenseHead />
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
                          style={{ gridTemplateColumns: columnsOf(questions.length, cellWidth) }}
                        >
                          <span />
                          {questions.map(({ key }, column) => (
                            <span key={key}>{shortKey(key, questions[column - 1]?.key)}</span>
                          ))}
                        </div>
                      )}
                      <DenseRow
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
      {card && <CellCard place={card} />}
    </div>
  );
}

/** One character over a column of nine pixels: `3` then `b` for 3a and 3b, the last digit of 12. */
export function shortKey(key: string, before: string | undefined): string {
  const [, number, letters] = /^(\d+)([a-z]+)$/i.exec(key) ?? [];
  if (number === undefined || letters === undefined) return key.slice(-1);
  return before?.startsWith(number) === true ? letters.slice(-1) : number.slice(-1);
}

const columnsOf = (n: number, cellWidth: number): string =>
  `minmax(0, 1fr) repeat(${String(n)}, ${String(cellWidth - 1)}px)`;

/** The skyline; it changes with every record, the rows do not render with it. */
function DenseHead() {
  const { session } = useLab();
  const questions = useModel((model) => model.questions);
  const tallies = useModel((model) => model.tallies);
  const members = useModel((model) => model.members.length);
  return (
    <div className="sum">
      <PaceHeadline />
      <ol aria-label="Questions">
        {questions.map(({ key, title }, index) => {
          const tally = tallies[index] ?? { answered: 0, error: 0, working: 0 };
          const sent = tally.answered + tally.error;
          return (
            <li key={key}>
              <Link to={{ page: 'question', lab: session.lab, question: key }} title={title ?? undefined}>
                <Bar answered={tally.answered} error={tally.error} working={tally.working} whole={members} />
                <span className="t">
                  <b className="cut">{key}</b>
                  <small aria-hidden="true">{sent > 0 ? sent : '–'}</small>
                  {tally.error > 0 && <em aria-hidden="true">{tally.error}✕</em>}
                  <span className="vh">
                    {title ?? ''}: {tallyWords(tally)}
                  </span>
                </span>
              </Link>
            </li>
          );
        })}
      </ol>
    </div>
  );
}

interface DenseRowProps {
  participant: string;
  n: number;
  height: number;
  cellWidth: number;
  focusable: boolean;
  strong: boolean;
}
const DenseRow = memo(function DenseRow({ participant, n, height, cellWidth, focusable, strong }: DenseRowProps) {
  const row = useRow(participant);
  const questions = useModel((model) => model.questions);
  if (!row) return null;
  const said = questions
    .map(({ key }, index) => ({ key, status: row.statuses[index] ?? 'not-started' }))
    .filter(({ status }) => status !== 'not-started')
    .map(({ key, status }) => `${key} ${markWords[status]}`);
  const presence = presenceName(row.presence);
  return (
    <div
      className={`dr ${strong ? 'h' : ''} ${presence === 'offline' ? 'off' : ''}`}
      role="row"
      aria-rowindex={n + 1}
      tabIndex={focusable ? 0 : -1}
      data-n={n}
      aria-label={`${row.participant.name}, ${presenceWords[presence]}: ${said.length === 0 ? 'nothing sent' : said.join(', ')}`}
      style={{ gridTemplateColumns: columnsOf(questions.length, cellWidth), height }}
    >
      <b className="cut" role="rowheader">
        {row.participant.name}
      </b>
      {questions.map(({ key }, index) => (
        <i key={key} role="gridcell" className={`d d-${row.statuses[index] ?? 'not-started'}`} />
      ))}
    </div>
  );
});
