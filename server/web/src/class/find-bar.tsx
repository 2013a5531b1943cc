import { useEffect, useRef } from 'react';
import type { Column } from '../live/fold.js';
import type { CellStatus } from '../live/row-status.js';
import { Icon } from '../shell/icons.js';
import { markWords } from '../shell/marks.js';
import { isFiltering, noFilter, type Filter } from './found.js';

const statuses: CellStatus[] = ['not-started', 'working', 'reached', 'answered', 'right', 'wrong', 'error'];

interface FindBarProps {
  filter: Filter;
  onFilter: (filter: Filter) => void;
  onClose: () => void;
  columns: readonly Column[];
  shown: number;
  of: number;
  sorting: string;
}
/** Finds students by name, or by how they stand with one question; says how many of all are shown. */
export function FindBar({ filter, onFilter, onClose, columns, shown, of, sorting }: FindBarProps) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    field.current?.focus();
  }, []);
  return (
    <search
      className="find-bar"
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <label className="vh" htmlFor="find-in-class">
        Find a student
      </label>
      <input
        ref={field}
        id="find-in-class"
        className="field"
        type="search"
        placeholder="Find a student"
        value={filter.name}
        onChange={(event) => onFilter({ ...filter, name: event.target.value })}
      />
      <label htmlFor="filter-question" className="q2 sm">
        Question
      </label>
      <select
        id="filter-question"
        className="field"
        value={filter.question}
        onChange={(event) => onFilter({ ...filter, question: event.target.value })}
      >
        <option value="">any</option>
        {columns.map(({ key }) => (
          <option key={key}>{key}</option>
        ))}
      </select>
      <label htmlFor="filter-status" className="q2 sm">
        is
      </label>
      <select
        id="filter-status"
        className="field"
        value={filter.status}
        disabled={filter.question === ''}
        title={filter.question === '' ? 'Choose a question first' : undefined}
        onChange={(event) =>
          onFilter({ ...filter, status: statuses.find((one) => one === event.target.value) ?? 'any' })
        }
      >
        <option value="any">in any state</option>
        {statuses.map((status) => (
          <option key={status} value={status}>
            {markWords[status]}
          </option>
        ))}
      </select>
      <span className="q2 sm grow" role="status">
        {isFiltering(filter) && (
          <>
            <b>{shown.toLocaleString('en')}</b> of {of.toLocaleString('en')} shown, {sorting}
          </>
        )}
      </span>
      {isFiltering(filter) && (
        <button type="button" className="btn quiet small" onClick={() => onFilter(noFilter)}>
          Clear filters
        </button>
      )}
      <button type="button" className="btn quiet icon small" aria-label="Close the search" onClick={onClose}>
        <Icon name="x" />
      </button>
    </search>
  );
}
