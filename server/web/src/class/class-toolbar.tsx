import { lazy, Suspense, useState } from 'react';
import type { LabStatus } from '@nbpulse/schema/wire';
import { showJoinCode } from '@nbpulse/schema/wire';
import { changeLab } from '../api/labs.js';
import { sortings, sortingWords, type Sorting } from '../live/row-order.js';
import { Icon } from '../shell/icons.js';
import { Link } from '../shell/link.js';
import { Menu } from '../shell/menu.js';
import { useToast } from '../shell/toast.js';
import { copyText } from '../shell/copy-text.js';
import type { Density } from './density.js';
import { JoinCodeDialog } from './join-code-dialog.js';
import { useInsight, useLab, useModel } from './lab-context.js';
import { useNames } from './names.js';

const LabSettingsDialog = lazy(() =>
  import('../labs/lab-settings-dialog.js').then((module) => ({ default: module.LabSettingsDialog })),
);

const PlanDialog = lazy(() => import('./plan-dialog.js').then((module) => ({ default: module.PlanDialog })));
const AlertRulesDialog = lazy(() =>
  import('./alert-rules-dialog.js').then((module) => ({ default: module.AlertRulesDialog })),
);
const ClassListDialog = lazy(() =>
  import('../student/class-list-dialog.js').then((module) => ({ default: module.ClassListDialog })),
);
const SolutionDialog = lazy(() =>
  import('../notebook-runs/solution-dialog.js').then((module) => ({ default: module.SolutionDialog })),
);

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
  finding: boolean;
  onFind: () => void;
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
  const { density, onDensity, sorting, onSort, moves, onResort, rail, onRail, finding, onFind } = props;
  const { session, teacher } = useLab();
  const lab = useModel((model) => model.lab);
  const members = useModel((model) => model.members);
  const { presence, needs, shared, submitted } = useInsight();
  const setStatus = useSetStatus();
  const { anonymous, toggle } = useNames();
  const toast = useToast();
  const [large, setLarge] = useState(false);
  const [settings, setSettings] = useState(false);
  const [plan, setPlan] = useState(false);
  const [rules, setRules] = useState(false);
  const [answers, setAnswers] = useState(false);
  const [listing, setListing] = useState(false);
  const settingsItem = { words: 'Settings…', act: () => setSettings(true) };
  const answersItem = { words: 'Expected answers…', act: () => setAnswers(true) };
  const alertsItem = { words: 'Alerts…', act: () => setRules(true) };
  const listItem = { words: 'Class list…', act: () => setListing(true) };
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
            lab.erasedAt !== null
              ? []
              : lab.status === 'open'
                ? [
                    { words: 'Close the lab', act: () => setStatus('closed') },
                    'rule' as const,
                    listItem,
                    answersItem,
                    alertsItem,
                    settingsItem,
                  ]
                : [
                    { words: lab.status === 'draft' ? 'Open the lab' : 'Open again', act: () => setStatus('open') },
                    ...(lab.status === 'draft'
                      ? [{ words: 'Close without opening', act: () => setStatus('closed') }]
                      : []),
                    'rule' as const,
                    listItem,
                    answersItem,
                    alertsItem,
                    settingsItem,
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
          <button
            type="button"
            className="btn quiet"
            aria-expanded={finding}
            aria-label="Find and filter"
            title="Find and filter (/)"
            onClick={onFind}
          >
            <Icon name="search" />
            <span className="lbl">Find</span>
          </button>
          {moves > 0 && (
            <button type="button" className="btn quiet" onClick={onResort}>
              {moves} would move<kbd>R</kbd>
            </button>
          )}
          <button
            type="button"
            className="btn quiet"
            aria-pressed={anonymous}
            onClick={toggle}
            aria-label="Anonymise"
            title="Anonymise (A): every name below this lab becomes a stable pseudonym"
          >
            <Icon name="eye" />
            <span className="lbl">Anonymise</span>
          </button>
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
      {teacher && lab.erasedAt === null && (
        <button
          type="button"
          className="btn quiet"
          aria-label="Plan…"
          title="Minutes for each question"
          onClick={() => setPlan(true)}
        >
          <Icon name="plan" />
          <span className="lbl">Plan…</span>
        </button>
      )}
      {rail !== null && members.length > 0 && (
        <button type="button" className="btn" aria-expanded={rail} aria-controls="rail" onClick={() => onRail(!rail)}>
          {needs.length === 0 && shared.length === 0 ? 'Who needs help' : `${String(needs.length)} need help`}
          {shared.length > 0 && `, ${String(shared.length)} shared`}
        </button>
      )}
      {settings && (
        <Suspense fallback={null}>
          <LabSettingsDialog
            lab={lab}
            onClose={() => setSettings(false)}
            onSaved={() => {
              setSettings(false);
              toast({ words: 'The settings are saved.' });
            }}
          />
        </Suspense>
      )}
      {plan && (
        <Suspense fallback={null}>
          <PlanDialog onClose={() => setPlan(false)} />
        </Suspense>
      )}
      {rules && (
        <Suspense fallback={null}>
          <AlertRulesDialog onClose={() => setRules(false)} />
        </Suspense>
      )}
      {listing && (
        <Suspense fallback={null}>
          <ClassListDialog onClose={() => setListing(false)} />
        </Suspense>
      )}
      {answers && (
        <Suspense fallback={null}>
          <SolutionDialog open onClose={() => setAnswers(false)} />
        </Suspense>
      )}
      {large && <JoinCodeDialog code={code} onClose={() => setLarge(false)} />}
    </section>
  );
}
