/** Are we on pace, and who needs a visit? Students × questions, live. */
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import '../styles/class.css';
import '../styles/class-dense.css';
import '../styles/class-dialogs.css';
import '../styles/class-parts.css';
import '../styles/class-narrow.css';
import { sortings, sortingWords, type Sorting } from '../live/row-order.js';
import { useKeys } from '../shell/keys.js';
import { Empty } from '../shell/states.js';
import { ClassToolbar } from './class-toolbar.js';
import { useColumns } from './columns.js';
import { keepDensity, keptDensity, type Density } from './density.js';
import { DenseGrid } from './dense-grid.js';
import { EmptyClass } from './empty-class.js';
import { FindBar } from './find-bar.js';
import { found, isFiltering, noFilter, type Filter } from './found.js';
import { useLab, useMedia, useModel } from './lab-context.js';
import { LabStatusBanner } from './lab-status-banner.js';
import { useNames } from './names.js';
import { PhoneList } from './phone-list.js';
import { Rail } from './rail.js';
import { RowGrid } from './row-grid.js';

/** From this many students on, dense is what one sees first. */
const rowsUpTo = 80;

export function ClassPage() {
  const { order, session } = useLab();
  const lab = useModel((model) => model.lab);
  const members = useModel((model) => model.members);
  const view = useSyncExternalStore(order.subscribe, () => order.view);
  const [chosen, setChosen] = useState<Density | null>(keptDensity);
  const [sorting, setSorting] = useState<Sorting>(order.sorting);
  const [rail, setRail] = useState(false);
  const { columns, toggleFold } = useColumns();
  const { nameOf } = useNames();
  const [filter, setFilter] = useState<Filter | null>(null);
  // Who is found is looked up when asked and when sorted, not with each record: nothing moves under the hand.
  const shown = useMemo(() => {
    const { model } = session.store;
    return model && filter ? found(view.order, filter, model, columns, nameOf) : view.order;
  }, [session, view.order, filter, columns, nameOf]);
  const above = useMemo(() => {
    if (shown === view.order) return view.above;
    const first = new Set(view.order.slice(0, view.above));
    return shown.filter((id) => first.has(id)).length;
  }, [shown, view.order, view.above]);
  const phone = useMedia('(max-width: 699px)');
  const narrow = useMedia('(max-width: 1100px)');
  const density = chosen ?? (members.length > rowsUpTo ? 'dense' : 'rows');

  useEffect(() => {
    document.title = `${lab.name} · nbpulse`;
  }, [lab.name]);
  const setDensity = (next: Density): void => {
    setChosen(next);
    keepDensity(next);
  };
  const sortBy = (next: Sorting): void => {
    setSorting(next);
    order.sortBy(next);
  };
  useKeys({
    Escape: () => {
      setRail(false);
      setFilter(null);
    },
    '/': () => setFilter(filter ?? noFilter),
    r: () => order.resort(),
    d: () => setDensity(density === 'rows' ? 'dense' : 'rows'),
    s: () => sortBy(sortings[(sortings.indexOf(sorting) + 1) % sortings.length] ?? 'help'),
  });

  return (
    <>
      <ClassToolbar
        density={phone ? null : density}
        onDensity={setDensity}
        sorting={sorting}
        onSort={sortBy}
        moves={view.moves}
        onResort={() => order.resort()}
        rail={narrow ? rail : null}
        onRail={setRail}
        finding={filter !== null}
        onFind={() => setFilter(filter === null ? noFilter : null)}
      />
      {filter !== null && members.length > 0 && (
        <FindBar
          filter={filter}
          onFilter={setFilter}
          onClose={() => setFilter(null)}
          columns={columns}
          shown={shown.length}
          of={members.length}
          sorting={sortingWords[sorting].toLowerCase()}
        />
      )}
      <LabStatusBanner />
      <div className={`page class-page ${rail && narrow ? 'with-drawer' : ''}`}>
        <main id="main" tabIndex={-1}>
          <h1 className="vh">{lab.name}: the class now</h1>
          {members.length === 0 ? (
            <EmptyClass />
          ) : shown.length === 0 && filter !== null && isFiltering(filter) ? (
            <Empty title="Nobody is found">
              <p className="q2">No student matches what is asked for above.</p>
              <div className="row">
                <button type="button" className="btn" onClick={() => setFilter(noFilter)}>
                  Clear filters
                </button>
              </div>
            </Empty>
          ) : phone ? (
            <PhoneList order={shown} />
          ) : density === 'rows' ? (
            <RowGrid order={shown} above={above} columns={columns} toggleFold={toggleFold} />
          ) : (
            <DenseGrid order={shown} above={above} columns={columns} toggleFold={toggleFold} />
          )}
        </main>
        {(!narrow || rail) && <Rail onClose={narrow ? () => setRail(false) : undefined} />}
      </div>
    </>
  );
}
