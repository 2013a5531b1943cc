/** The filters of the table, all together; what is typed counts after a short pause. */
import { useEffect, useRef, useState, type ReactNode, type RefObject } from 'react';
import type { LabListItem } from '@nbpulse/schema/wire';
import { go } from '../address.js';
import { readLabs } from '../api/labs.js';
import { useLab, useModel } from '../class/lab-context.js';
import { useNames } from '../class/names.js';
import { useKeys } from '../shell/keys.js';
import { isFiltered, noFilters, type RecordFilters } from './filters.js';

const typedMs = 300;
const order = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

interface FilterBarProps {
  filters: RecordFilters;
  onChange: (filters: RecordFilters) => void;
  children: ReactNode;
}

export function FilterBar({ filters, onChange, children }: FilterBarProps) {
  const { session } = useLab();
  const { anonymous, nameOf } = useNames();
  const lab = useModel((model) => model.lab);
  const questions = useModel((model) => model.questions);
  const members = useModel((model) => model.members);
  const [labs, setLabs] = useState<LabListItem[]>([]);
  const text = useRef<HTMLInputElement>(null);
  useKeys({ '/': () => text.current?.focus() });
  useEffect(() => {
    const abort = new AbortController();
    readLabs(lab.course, abort.signal)
      .then((answer) => {
        if (answer.ok) setLabs(answer.value.labs);
      })
      .catch(() => undefined); // aborted: the page has moved on
    return () => abort.abort();
  }, [lab.course]);
  const people = members.map((id) => ({ id, name: nameOf(id) })).sort((a, b) => order.compare(a.name, b.name));
  return (
    <div className="records-filters" role="search" aria-label="Filter the records">
      <select
        className="field"
        aria-label="Lab"
        value={filters.allLabs ? 'all' : session.lab}
        onChange={({ target: { value } }) => {
          if (value === 'all') onChange({ ...filters, allLabs: true, student: '' });
          else if (value === session.lab) onChange({ ...filters, allLabs: false, name: '' });
          else go({ page: 'records', lab: value });
        }}
      >
        <option value={session.lab}>{lab.name}</option>
        {labs
          .filter((one) => one.id !== session.lab)
          .map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
        <option value="all">All labs</option>
      </select>
      {filters.allLabs ? (
        <Typed
          label="Question"
          value={filters.question}
          onTyped={(question) => onChange({ ...filters, question })}
          className="short"
        />
      ) : (
        <select
          className="field"
          aria-label="Question"
          value={filters.question}
          onChange={({ target }) => onChange({ ...filters, question: target.value })}
        >
          <option value="">All questions</option>
          {filters.question !== '' && !questions.some((one) => one.key === filters.question) && (
            <option value={filters.question}>Question {filters.question}</option>
          )}
          {questions.map((one) => (
            <option key={one.key} value={one.key}>
              Question {one.key}
            </option>
          ))}
        </select>
      )}
      {filters.allLabs ? (
        // Part of a real name would give away who is who.
        !anonymous && <Typed label="Student" value={filters.name} onTyped={(name) => onChange({ ...filters, name })} />
      ) : (
        <select
          className="field"
          aria-label="Student"
          value={filters.student}
          onChange={({ target }) => onChange({ ...filters, student: target.value })}
        >
          <option value="">All students</option>
          {filters.student !== '' && !members.includes(filters.student) && (
            <option value={filters.student}>{nameOf(filters.student, 'Somebody who left')}</option>
          )}
          {people.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
        </select>
      )}
      <Typed
        label="Answer contains"
        value={filters.text}
        onTyped={(typed) => onChange({ ...filters, text: typed })}
        field={text}
        className="grow"
      />
      <button
        type="button"
        className="btn quiet"
        aria-pressed={filters.hidden}
        onClick={() => onChange({ ...filters, hidden: !filters.hidden })}
      >
        Show hidden
      </button>
      <button type="button" className="btn quiet" disabled={!isFiltered(filters)} onClick={() => onChange(noFilters)}>
        Clear filters
      </button>
      {children}
    </div>
  );
}

interface TypedProps {
  label: string;
  value: string;
  onTyped: (value: string) => void;
  field?: RefObject<HTMLInputElement>;
  className?: string;
}
function Typed({ label, value, onTyped, field, className = '' }: TypedProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const tell = useRef(onTyped);
  useEffect(() => {
    tell.current = onTyped;
  });
  useEffect(() => {
    if (typed === null) return;
    const timer = setTimeout(() => {
      tell.current(typed);
      setTyped(null);
    }, typedMs);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <input
      ref={field}
      className={`field ${className}`}
      type="search"
      aria-label={label}
      placeholder={label}
      maxLength={200}
      value={typed ?? value}
      onChange={({ target }) => setTyped(target.value)}
    />
  );
}
