/** The rows, virtualised: walked and picked by keys and pointer. Nothing moves while the pointer or the focus is in them. */
import { useEffect, useRef, type KeyboardEvent, type MouseEvent } from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';
import type { RecordsRow } from '@nbpulse/schema/wire';
import { useLab, useMedia } from '../class/lab-context.js';
import { useNames } from '../class/names.js';
import { Mark, markWords } from '../shell/marks.js';
import { markOf } from './record-mark.js';
import { pick, type Selection } from './selection.js';

const rowPx = 26;
const phoneRowPx = 56;
/** So many rows before the end the next page is read. */
const aheadRows = 30;

interface RecordsRowsProps {
  rows: readonly RecordsRow[];
  gone: ReadonlySet<string>;
  hiddenOnly: boolean;
  showLab: boolean;
  selection: Selection;
  onSelect: (selection: Selection) => void;
  onOpen: (row: RecordsRow) => void;
  onDelete: () => void;
  onHide: () => void;
  onEnd: () => void;
  /** Whether the table is held: scrolled away from its top, hovered or focused. */
  onHeld: (held: boolean) => void;
}

export function RecordsRows(props: RecordsRowsProps) {
  const { rows, gone, hiddenOnly, showLab, selection, onSelect, onOpen, onDelete, onHide, onEnd, onHeld } = props;
  const { time } = useLab();
  const { nameOf } = useNames();
  const phone = useMedia('(max-width: 699px)');
  const scroller = useRef<HTMLDivElement>(null);
  const inside = useRef({ pointer: false, focus: false, scrolled: false });
  // eslint-disable-next-line react-hooks/incompatible-library -- its functions are used in this component only
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => (phone ? phoneRowPx : rowPx),
    getItemKey: (index) => rows[index]?.record.id ?? index,
    overscan: 10,
  });
  useEffect(() => virtual.measure(), [virtual, phone]);
  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (lastShown >= rows.length - aheadRows) onEnd();
  }, [lastShown, rows.length, onEnd]);
  const held = (change: Partial<typeof inside.current>): void => {
    Object.assign(inside.current, change);
    const { pointer, focus, scrolled } = inside.current;
    onHeld(pointer || focus || scrolled);
  };
  const ids = (): string[] => rows.map((row) => row.record.id);
  const at = Math.max(
    0,
    rows.findIndex((row) => row.record.id === selection.at),
  );
  const focusRow = (index: number): void => {
    virtual.scrollToIndex(index);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-row="${String(index)}"]`)?.focus());
  };
  const press = (event: KeyboardEvent): void => {
    const here = rows[at];
    if (!here || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowPx) - 1);
    const steps: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: rows.length - 1,
    };
    const step = steps[event.key];
    if (step !== undefined) {
      const index = Math.max(0, Math.min(rows.length - 1, step));
      const id = rows[index]?.record.id;
      if (id === undefined) return;
      onSelect(event.shiftKey ? pick(selection, ids(), id, 'extend') : { ...selection, at: id });
      focusRow(index);
    } else if (event.key === ' ') onSelect(pick(selection, ids(), here.record.id, 'toggle'));
    else if (event.key === 'Enter') onOpen(here);
    else if (event.key === 'Delete') onDelete();
    else if (event.key.toLowerCase() === 'h') onHide();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const click = (event: MouseEvent, row: RecordsRow): void => {
    const how = event.shiftKey ? 'extend' : event.ctrlKey || event.metaKey || phone ? 'toggle' : 'only';
    onSelect(pick(selection, ids(), row.record.id, how));
  };
  const columns = ['Time', ...(showLab ? ['Lab'] : []), 'Student', 'Question', 'Answer'];
  return (
    <div
      ref={scroller}
      className={`records-scroll ${showLab ? 'with-lab' : ''}`}
      role="grid"
      tabIndex={-1}
      aria-label="Records, newest first"
      aria-multiselectable="true"
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length}
      onKeyDown={press}
      onPointerEnter={() => held({ pointer: true })}
      onPointerLeave={() => held({ pointer: false })}
      onFocus={() => held({ focus: true })}
      onBlur={(event) => held({ focus: event.currentTarget.contains(event.relatedTarget) })}
      onScroll={(event) => held({ scrolled: event.currentTarget.scrollTop > 4 })}
    >
      <div role="rowgroup" className="records-head">
        <div role="row" aria-rowindex={1} className="record-row">
          {columns.map((words) => (
            <span role="columnheader" key={words}>
              {words}
            </span>
          ))}
        </div>
      </div>
      <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {items.map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          const { record } = row;
          const mark = markOf(record);
          const isGone = gone.has(record.id);
          const atMs = Date.parse(record.receivedAt);
          return (
            <div
              key={item.key}
              role="row"
              aria-rowindex={item.index + 2}
              aria-selected={selection.picked.has(record.id)}
              data-row={item.index}
              tabIndex={item.index === at ? 0 : -1}
              className={`record-row ${item.index % 5 === 4 ? 'fifth' : ''} ${isGone ? 'gone' : ''}`}
              style={{ transform: `translateY(${String(item.start)}px)`, height: item.size }}
              onClick={(event) => click(event, row)}
              onDoubleClick={() => onOpen(row)}
              onFocus={() => {
                if (selection.at !== record.id) onSelect({ ...selection, at: record.id });
              }}
            >
              <span role="gridcell" className="when">
                <span className="q3">{time.day(atMs)}</span> {time.clock(atMs)}
              </span>
              {showLab && (
                <span role="gridcell" className="cut q2">
                  {row.lab.name}
                </span>
              )}
              <span role="gridcell" className="cut who">
                {nameOf(record.participant, row.participant.name)}
              </span>
              <span role="gridcell" className="which">
                {record.question}
                {record.part !== null && <span className="q3"> {record.part}</span>}
              </span>
              <span role="gridcell" className="cut answer">
                <Mark name={mark} size={14} />
                <span className="vh">{markWords[mark]}: </span>
                <code>{record.summary}</code>
                {record.late && <span className="q3 xs"> late</span>}
                {isGone && <span className="q3 xs"> {hiddenOnly ? 'shown again' : 'taken away'}</span>}
              </span>
            </div>
          );
        })}
      </div>
    </div>
  );
}
