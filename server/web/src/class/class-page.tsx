/** Are we on pace, and who needs a visit? Students × questions, live. */
import { useEffect, useState, useSyncExternalStore } from 'react';
import '../styles/class.css';
import '../styles/class-dense.css';
import '../styles/class-narrow.css';
import { sortings, type Sorting } from '../live/row-order.js';
import { useKeys } from '../shell/keys.js';
import { ClassToolbar } from './class-toolbar.js';
import { keepDensity, keptDensity, type Density } from './density.js';
import { DenseGrid } from './dense-grid.js';
import { EmptyClass } from './empty-class.js';
import { useLab, useMedia, useModel } from './lab-context.js';
import { LabStatusBanner } from './lab-status-banner.js';
import { PhoneList } from './phone-list.js';
import { Rail } from './rail.js';
import { RowGrid } from './row-grid.js';

/** From this many students on, dense is what one sees first. */
const rowsUpTo = 80;

export function ClassPage() {
  const { order } = useLab();
  const lab = useModel((model) => model.lab);
  const members = useModel((model) => model.members);
  const view = useSyncExternalStore(order.subscribe, () => order.view);
  const [chosen, setChosen] = useState<Density | null>(keptDensity);
  const [sorting, setSorting] = useState<Sorting>(order.sorting);
  const [rail, setRail] = useState(false);
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
    Escape: () => setRail(false),
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
      />
      <LabStatusBanner />
      <div className={`page class-page ${rail && narrow ? 'with-drawer' : ''}`}>
        <main id="main" tabIndex={-1}>
          <h1 className="vh">{lab.name}: the class now</h1>
          {members.length === 0 ? (
            <EmptyClass />
          ) : phone ? (
            <PhoneList order={view.order} />
          ) : density === 'rows' ? (
            <RowGrid order={view.order} above={view.above} />
          ) : (
            <DenseGrid order={view.order} above={view.above} />
          )}
        </main>
        {(!narrow || rail) && <Rail onClose={narrow ? () => setRail(false) : undefined} />}
      </div>
    </>
  );
}
