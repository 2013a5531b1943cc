/** Everything that was sent, newest first: found, opened, hidden, deleted, taken home. */
import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { RecordsRow } from '@nbpulse/schema/wire';
import '../styles/records.css';
import { useConnection, useLab, useModel } from '../class/lab-context.js';
import { useNames } from '../class/names.js';
import { Menu } from '../shell/menu.js';
import { Empty, Failed, Loading } from '../shell/states.js';
import { count } from '../shell/time.js';
import { ExportMenu } from './export-menu.js';
import { FilterBar } from './filter-bar.js';
import { filtersOf, isFiltered, noFilters, queryOf, searchOf, type RecordFilters } from './filters.js';
import { RecordDialog } from './record-dialog.js';
import { pageRows, RecordsFeed } from './records-feed.js';
import { readRecordsTable } from './records-api.js';
import { RecordsRows } from './records-rows.js';
import { nothingPicked, type Selection } from './selection.js';
import { partsOf, useRemoval } from './use-removal.js';

const lookMs = 500;

function useFilters(): [RecordFilters, (filters: RecordFilters) => void] {
  const [filters, setFilters] = useState(() => filtersOf(location.search));
  useEffect(() => {
    const moved = (): void => setFilters(filtersOf(location.search));
    addEventListener('popstate', moved);
    return () => removeEventListener('popstate', moved);
  }, []);
  const change = useCallback((next: RecordFilters) => {
    history.replaceState(history.state, '', location.pathname + searchOf(next));
    setFilters(next);
  }, []);
  return [filters, change];
}

function useFeed(course: string, lab: string, filters: RecordFilters): RecordsFeed {
  const { session } = useLab();
  const feed = useMemo(() => {
    const query = queryOf(lab, filters);
    return new RecordsFeed({
      read: (before) => readRecordsTable(course, query, { before, limit: pageRows }),
      hiddenOnly: filters.hidden,
      soon: (look) => void setTimeout(look, lookMs),
    });
  }, [course, lab, filters]);
  useEffect(() => {
    void feed.load();
    const unfollow = session.store.follow((changes) => feed.changed(changes));
    return () => {
      unfollow();
      feed.end();
    };
  }, [feed, session]);
  return feed;
}

export function RecordsPage() {
  const { session } = useLab();
  const lab = useModel((model) => model.lab);
  const [filters, setFilters] = useFilters();
  useEffect(() => {
    document.title = `Records · ${lab.name} · nbpulse`;
  }, [lab.name]);
  const feed = useFeed(lab.course, session.lab, filters);
  return (
    <main className="records-page" id="main" tabIndex={-1}>
      <h1 className="vh">Records</h1>
      <FilterBar filters={filters} onChange={setFilters}>
        <ExportMenu filters={filters} />
      </FilterBar>
      <Table key={searchOf(filters)} feed={feed} filters={filters} onClear={() => setFilters(noFilters)} />
    </main>
  );
}

interface TableProps {
  feed: RecordsFeed;
  filters: RecordFilters;
  onClear: () => void;
}

function Table({ feed, filters, onClear }: TableProps) {
  const { session, teacher } = useLab();
  const { nameOf } = useNames();
  const connection = useConnection(session);
  const view = useSyncExternalStore(feed.subscribe, () => feed.view);
  const { remove, show } = useRemoval(feed);
  const [selection, setSelection] = useState<Selection>(nothingPicked);
  const [open, setOpen] = useState<RecordsRow | null>(null);
  const [held, setHeld] = useState(false);
  const { rows, gone, waiting, waitingMore, phase, failure } = view;
  const picked = rows.filter((row) => selection.picked.has(row.record.id) && !gone.has(row.record.id));
  const settled = !held && picked.length === 0 && open === null;
  useEffect(() => {
    if (settled && (waiting > 0 || waitingMore || gone.size > 0)) void feed.takeIn();
  }, [settled, waiting, waitingMore, gone, feed]);
  useEffect(() => {
    const clear = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && !event.defaultPrevented && !document.querySelector('dialog[open]'))
        setSelection((before) => ({ ...before, picked: new Set() }));
    };
    addEventListener('keydown', clear);
    return () => removeEventListener('keydown', clear);
  }, []);
  const readOn = useCallback(() => void feed.readOn(), [feed]);
  const empty = phase === 'ready' && rows.length === 0 && !view.more;
  const searching = phase === 'ready' && view.more && rows.length === 0;
  useEffect(() => {
    if (searching) void feed.readOn();
  }, [searching, feed, view.readingOn]);

  // Keys act on what is picked, else on the row that has the focus.
  const focused = rows.filter((row) => row.record.id === selection.at && !gone.has(row.record.id));
  const meant = picked.length > 0 ? picked : focused;
  const take = (how: 'hide' | 'delete' | 'show', wanted: readonly RecordsRow[]): void => {
    if (!teacher || wanted.length === 0) return;
    const taken = new Set(wanted.map((row) => row.record.id));
    setSelection(nothingPicked);
    void (how === 'show' ? show(partsOf(wanted), taken) : remove(how, partsOf(wanted), taken));
  };
  const one = picked[0];
  const whose =
    one && picked.every((row) => row.record.participant === one.record.participant) && !filters.hidden ? one : null;
  const takeAll = (how: 'hide' | 'delete', row: RecordsRow): void => {
    const { participant } = row.record;
    const question = filters.question === '' ? {} : { question: filters.question };
    const taken = new Set(rows.filter((each) => each.record.participant === participant).map((each) => each.record.id));
    setSelection(nothingPicked);
    void remove(
      how,
      [{ lab: row.lab.id, which: { participant, ...question } }],
      taken,
      nameOf(participant, row.participant.name),
    );
  };

  if (phase === 'loading')
    return (
      <div style={{ padding: '0 20px' }}>
        <Loading words="Loading the records" />
      </div>
    );
  if (phase === 'failed' && failure)
    return <Failed part="The records" failure={failure} again={() => void feed.load()} />;
  return (
    <>
      <div className="records-bar" role="group" aria-label="Picked records">
        {picked.length === 0 ? (
          <span className="q3 grow">
            {searching
              ? 'Searching…'
              : `${rows.length.toLocaleString('en')}${view.more ? '+' : ''} ${rows.length === 1 ? 'record' : 'records'}${filters.hidden ? ', hidden by staff' : ''}`}
          </span>
        ) : (
          <>
            <b className="grow">{count(picked.length, 'record')} picked</b>
            {one && picked.length === 1 && (
              <button type="button" className="btn" onClick={() => setOpen(one)}>
                Open
              </button>
            )}
            {teacher &&
              (filters.hidden ? (
                <button type="button" className="btn" onClick={() => take('show', picked)}>
                  Show again
                </button>
              ) : (
                <button type="button" className="btn" onClick={() => take('hide', picked)}>
                  Hide
                </button>
              ))}
            {teacher && (
              <button type="button" className="btn stop" onClick={() => take('delete', picked)}>
                Delete
              </button>
            )}
            {teacher && whose && (
              <Menu
                className="btn quiet"
                side="right"
                label="All of this student’s"
                says={`${nameOf(whose.record.participant, whose.participant.name)}, ${filters.question === '' ? 'everything in this lab' : `question ${filters.question}`} so far`}
                items={[
                  { words: 'Hide all', act: () => takeAll('hide', whose) },
                  { words: 'Delete all', act: () => takeAll('delete', whose) },
                ]}
              />
            )}
            <button
              type="button"
              className="btn quiet"
              onClick={() => setSelection({ ...selection, picked: new Set() })}
            >
              Clear
            </button>
          </>
        )}
        {!settled && (waiting > 0 || waitingMore) && (
          <button type="button" className="btn small" onClick={() => void feed.takeIn()}>
            {waiting === 0 ? 'Show what changed' : `${String(waiting)}${waitingMore ? '+' : ''} new`}
          </button>
        )}
      </div>
      {failure && connection.phase !== 'lost' && (
        <p className="q2 sm records-note" role="status">
          Not up to date: {failure.message}
        </p>
      )}
      {empty ? (
        isFiltered(filters) ? (
          <Empty title={filters.hidden ? 'Nothing is hidden here' : 'No record fits these filters'}>
            <div className="row">
              <button type="button" className="btn" onClick={onClear}>
                Clear filters
              </button>
            </div>
          </Empty>
        ) : (
          <Empty title="Nothing has been sent yet">
            <p className="q2">
              What students <code>send</code> appears here by itself, newest first.
            </p>
          </Empty>
        )
      ) : (
        <RecordsRows
          rows={rows}
          gone={gone}
          hiddenOnly={filters.hidden}
          showLab={filters.allLabs}
          selection={selection}
          onSelect={setSelection}
          onOpen={setOpen}
          onDelete={() => take('delete', meant)}
          onHide={() => take(filters.hidden ? 'show' : 'hide', meant)}
          onEnd={readOn}
          onHeld={setHeld}
        />
      )}
      {open && <RecordDialog row={open} onClose={() => setOpen(null)} />}
    </>
  );
}
