/** Groups of answers: a row each, with its count, what it is, who sent it, and what can be done with it. */
import { memo, useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import type { RecordView, Value } from '@nbpulse/schema/wire';
import '../styles/groups.css';
import type { RecordsView } from '../api/labs.js';
import { useLab } from '../class/lab-context.js';
import { useGrowing } from '../question/growing.js';
import { nameOf, type Group } from '../question/question-feed.js';
import { Mark, type MarkName } from '../shell/marks.js';
import { ValueView } from '../values/value-view.js';
import { useGroupTools } from './group-tools.js';
import { isGrouped, verdictWords } from './grouped.js';
import { KnownName } from './known-name.js';
import { MovedOn } from './moved-on.js';
import { People } from './people.js';
import { Variants } from './variants.js';

interface GroupListProps {
  groups: readonly Group[];
  view: RecordsView;
  /** Draws an answer in another way than its type has. */
  draw?: ((value: Value, group: Group) => ReactNode) | undefined;
  /** Shows one of them beside the list; which one it is, by its id. */
  beside?: { shown: string | null; show: (group: Group) => void; line: (group: Group) => string } | undefined;
}

export function GroupList({ groups, view, draw, beside }: GroupListProps) {
  const { shown, more } = useGrowing(groups);
  const list = useRef<HTMLUListElement>(null);
  const walk = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const row = event.target instanceof HTMLElement ? event.target.closest('.grp') : null;
    if (step === undefined || !row || !list.current || event.target instanceof HTMLSelectElement) return;
    const rows = [...list.current.querySelectorAll('.grp')];
    const next = rows[rows.indexOf(row) + step];
    const target =
      next?.querySelector<HTMLElement>(beside ? '.sig' : '.pick') ?? next?.querySelector<HTMLElement>('.pick');
    if (!target) return;
    event.preventDefault();
    target.focus();
  };
  return (
    <>
      <ul className="groups" ref={list} onKeyDown={walk}>
        {shown.map((group) => (
          <GroupRow key={nameOf(group)} group={group} view={view} draw={draw} beside={beside} />
        ))}
      </ul>
      {more}
    </>
  );
}

const GroupRow = memo(function GroupRow({
  group,
  view,
  draw,
  beside,
}: { group: Group } & Pick<GroupListProps, 'view' | 'draw' | 'beside'>) {
  const { session } = useLab();
  const tools = useGroupTools();
  const grouped = isGrouped(group) ? group : null;
  const records = grouped?.variants[0]?.records ?? group.records;
  const newest = records[records.length - 1];
  const n = group.records.length;
  const grew = useGrew(n);
  if (!newest) return null;
  const answer = grouped?.answer ?? null;
  const called = `${answer?.name ?? newest.summary}, ${String(n)} sent`;
  const picked = tools?.picked.has(group.hash) === true;
  const shown = beside?.shown === group.hash;
  return (
    <li className={`grp ${isShort(newest) ? 'short' : ''} ${picked || shown ? 'sel' : ''}`}>
      <span className="m">
        {grouped && answer && tools && (
          <input
            type="checkbox"
            className="pick"
            aria-label={`Pick ${called}`}
            checked={picked}
            onChange={() => tools.pick(grouped)}
          />
        )}
        <Mark name={markOf(group)} size={18} said />
      </span>
      <span className={`n ${grew ? 'grew' : ''}`}>{n}</span>
      <div className="what">
        {answer?.name != null && <KnownName answer={answer} />}
        {beside ? (
          <button type="button" className="sig" aria-pressed={shown} onClick={() => beside.show(group)}>
            <span className="vh">Compare {called}: </span>
            <code className="cut">{beside.line(group)}</code>
          </button>
        ) : (
          <ValueView lab={session.lab} record={newest} draw={draw && ((value) => draw(value, group))} />
        )}
        {grouped && <Variants group={grouped} />}
        <div className="who">
          <People records={group.records} view={view} />
          {grouped && <MovedOn group={grouped} view={view} />}
          {grouped?.mixed === true && <p className="q2 sm">{verdictWords(grouped)}</p>}
          {grouped && n === 1 && answer !== null && answer.hashes.length === 1 && (
            <p className="q3 sm">One of a kind</p>
          )}
        </div>
      </div>
      {grouped && answer && tools && (
        <span className="acts">
          {grouped.variants.length > 1 && (
            <button type="button" className="btn quiet small" onClick={() => tools.split(grouped)}>
              Split…<span className="vh"> {called}</span>
            </button>
          )}
          {answer.how === 'by-hand' && (
            <button
              type="button"
              className="btn quiet small"
              title="Merged or split by hand: back to how its answers group by themselves"
              onClick={() => tools.edit.do({ edit: 'reset', group: answer.id }, 'Grouped by themselves again.')}
            >
              Regroup<span className="vh"> {called}</span>
            </button>
          )}
          <button type="button" className="btn quiet small" onClick={() => tools.name(grouped)}>
            Name…<span className="vh"> {called}</span>
          </button>
        </span>
      )}
    </li>
  );
});
const markOf = (group: Group): MarkName => (group.section === 'error' ? 'error' : (group.verdict ?? 'answered'));

/** True for a moment after a count has grown; its first value is no growth. While records come fast nothing is marked. */
function useGrew(n: number): boolean {
  const { store } = useLab().session;
  const before = useRef(n);
  const [grew, setGrew] = useState(false);
  useEffect(() => {
    const more = n > before.current;
    before.current = n;
    if (!more || store.busy) return;
    setGrew(true);
    const timer = setTimeout(() => setGrew(false), 700);
    return () => clearTimeout(timer);
  }, [n, store]);
  return grew;
}

/** A single number or word stands beside the names instead of above them. */
function isShort(record: RecordView): boolean {
  const { value } = record;
  if (value === null) return false;
  if (value.t === 'str') return record.summary.length <= 24 && !value.v.includes('\n');
  return ['none', 'bool', 'int', 'float', 'complex', 'date', 'datetime', 'time', 'timedelta'].includes(value.t)
    ? record.summary.length <= 24
    : false;
}
