import { useState } from 'react';
import type { LabStatus } from '@nbpulse/schema/wire';
import { showJoinCode } from '@nbpulse/schema/wire';
import { changeLab } from '../api/labs.js';
import { sortings, sortingWords, type Sorting } from '../live/row-order.js';
import { Icon } from '../shell/icons.js';
import { Link } from '../shell/link.js';
import { Menu } from '../shell/menu.js';
import { useToast } from '../shell/toast.js';
import { copyText } from './copy-text.js';
import type { Density } from './density.js';
import { JoinCodeDialog } from './join-code-dialog.js';
import { useInsight, useLab, useModel } from './lab-context.js';

const statusWords: Record<LabStatus, string> = { draft: 'Draft', open: 'Open', closed: 'Closed' };

interface ClassToolbarProps {
  /** Null on a phone, which has one list. */
  density: Density | null;
  onDensity: (density: Density) => void;
  sorting: Sorting;
  onSort: (sorting: Sorting) => void;
  moves: number;
  onResort: () => void;
  /** Null where the rail stands beside the grid. */
  rail: boolean | null;
  onRail: (open: boolean) => void;
}

/** Opens or closes the lab at once; the toast takes it back. */
export function useSetStatus(): (status: LabStatus) => void {
  const { session } = useLab();
  const lab = useModel((model) => model.lab);
  const toast = useToast();
  return (status) => {
    const before = lab.status;
    void changeLab(session.lab, { status }).then((answer) => {
      if (!answer.ok) toast({ words: answer.failure.message, wrong: true });
      else
        toast({
          words: `The lab is ${statusWords[status].toLowerCase()}.`,
          undo: () => void changeLab(session.lab, { status: before }),
        });
    });
  };
}

export function ClassToolbar(props: ClassToolbarProps) {
  const { density, onDensity, sorting, onSort, moves, onResort, rail, onRail } = props;
  const { session, teacher } = useLab();
  const lab = useModel((model) => model.lab);
  const members = useModel((model) => model.members);
  const { presence, needs, shared, submitted } = useInsight();
  const setStatus = useSetStatus();
  const toast = useToast();
  const [large, setLarge] = useState(false);
  const code = showJoinCode(lab.joinCode.replace('-', ''));
  const copy = async (): Promise<void> => {
    const copied = await copyText(code);
    toast({ words: copied ? `${code} is copied.` : `This browser does not let a page copy. The code is ${code}.` });
  };
  return (
    <section className="toolbar" aria-label="Lab controls">
      {teacher ? (
        <Menu
          label={
            <>
              <span className={`dot-${lab.status}`} />
              {statusWords[lab.status]}
            </>
          }
          name={`The lab is ${statusWords[lab.status].toLowerCase()}`}
          items={
            lab.status === 'open'
              ? [{ words: 'Close the lab', act: () => setStatus('closed') }]
              : [
                  { words: lab.status === 'draft' ? 'Open the lab' : 'Open again', act: () => setStatus('open') },
                  ...(lab.status === 'draft'
                    ? [{ words: 'Close without opening', act: () => setStatus('closed') }]
                    : []),
                ]
          }
        />
      ) : (
        <span className="row">
          <span className={`dot-${lab.status}`} />
          {statusWords[lab.status]}
        </span>
      )}
      <span className="fact" style={{ marginLeft: 8, alignItems: 'center', gap: 2 }}>
        Join
        <button
          type="button"
          className="code-btn"
          onClick={() => setLarge(true)}
          aria-label={`Join code ${code}, show it large`}
        >
          {code}
        </button>
        <button
          type="button"
          className="btn quiet icon small"
          onClick={() => void copy()}
          aria-label="Copy the join code"
        >
          <Icon name="copy" />
        </button>
      </span>
      {members.length > 0 && (
        <>
          <span className="sep" />
          <span className="fact">
            <span>
              <b>{presence.here}</b> of {members.length} here
            </span>
          </span>
          {submitted > 0 && (
            <>
              <span className="sep" />
              <Link className="fact" to={{ page: 'grades', lab: session.lab }}>
                <span>
                  <b>{submitted}</b> submitted
                </span>
              </Link>
            </>
          )}
        </>
      )}
      <span className="grow" />
      {members.length > 0 && (
        <>
          {moves > 0 && (
            <button type="button" className="btn quiet" onClick={onResort}>
              {moves} would move<kbd>R</kbd>
            </button>
          )}
          <Menu
            className="btn quiet"
            side="right"
            label={sortingWords[sorting]}
            name={`Sort: ${sortingWords[sorting]}`}
            items={sortings.map((one) => ({
              words: sortingWords[one],
              chosen: one === sorting,
              act: () => onSort(one),
            }))}
          />
          {density !== null && (
            <span className="seg" role="group" aria-label="Density">
              <button type="button" aria-pressed={density === 'rows'} onClick={() => onDensity('rows')}>
                Rows
              </button>
              <button type="button" aria-pressed={density === 'dense'} onClick={() => onDensity('dense')}>
                Dense
              </button>
            </span>
          )}
        </>
      )}
      {rail !== null && members.length > 0 && (
        <button type="button" className="btn" aria-expanded={rail} aria-controls="rail" onClick={() => onRail(!rail)}>
          {needs.length === 0 && shared.length === 0 ? 'Who needs help' : `${String(needs.length)} need help`}
          {shared.length > 0 && `, ${String(shared.length)} shared`}
        </button>
      )}
      {large && <JoinCodeDialog code={code} onClose={() => setLarge(false)} />}
    </section>
  );
}
