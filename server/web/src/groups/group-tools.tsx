/** What the rows of a question's groups share: which are picked, how they are edited, who is told. */
import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from 'react';
import type { AnswerGroup, AnswerSection } from '@nbpulse/schema/wire';
import { useLab } from '../class/lab-context.js';
import { useKeys } from '../shell/keys.js';
import { count } from '../shell/time.js';
import { answersByHash, type GroupedAnswers } from './grouped.js';
import { NameDialog } from './name-dialog.js';
import { SplitDialog } from './split-dialog.js';
import type { Groups, GroupsEditor } from './use-groups.js';

export interface Tools {
  picked: ReadonlySet<string>;
  pick: (group: GroupedAnswers) => void;
  name: (group: GroupedAnswers) => void;
  split: (group: GroupedAnswers) => void;
  edit: GroupsEditor;
}
const ToolsContext = createContext<Tools | null>(null);
/** Null outside a question's page: rows have no actions then. */
export const useGroupTools = (): Tools | null => useContext(ToolsContext);

/** Apart from the tools: it is another object with each answer of the server, and few parts of a row need it. */
interface Given {
  given: Groups['given'];
  /** Of an answer's hash; undefined: the server has not grouped it. */
  groupOf: (hash: string) => AnswerGroup | undefined;
}
const GivenContext = createContext<Given | null>(null);
/** Null outside a question's page. */
export const useGivenGroups = (): Given | null => useContext(GivenContext);

const none: ReadonlySet<string> = new Set();

/** Stands round the sections of a question. */
export function GroupTools({
  groups: { groups, given, failure, edit },
  children,
}: {
  groups: Groups;
  children: ReactNode;
}) {
  const { teacher } = useLab();
  const [picked, setPicked] = useState(none);
  const [asked, setAsked] = useState<{ what: 'name' | 'split'; group: GroupedAnswers } | null>(null);
  const pick = useCallback((group: GroupedAnswers) => {
    setPicked((before) => {
      const next = new Set(before);
      if (!next.delete(group.hash)) next.add(group.hash);
      return next;
    });
  }, []);
  const chosen = (groups ?? []).filter((group) => picked.has(group.hash));
  const sections = new Set(chosen.map(({ section }) => section));
  const mayMerge = chosen.length > 1 && sections.size === 1 && !edit.busy;
  const merge = (): void => {
    if (!mayMerge) return;
    edit.do({ edit: 'merge', groups: chosen.map(({ hash }) => hash) }, `${count(chosen.length, 'group')} merged.`);
    setPicked(none);
  };
  const clear = (): void => setPicked(none);
  useKeys({ u: merge, ...(picked.size > 0 ? { Escape: clear } : {}) });
  const told = useMemo<Given>(() => {
    const known = answersByHash(given);
    return { given, groupOf: (hash) => known.get(hash) };
  }, [given]);
  const tools = useMemo<Tools>(
    () => ({
      picked,
      pick,
      edit,
      name: (group) => setAsked({ what: 'name', group }),
      split: (group) => setAsked({ what: 'split', group }),
    }),
    [picked, pick, edit],
  );
  return (
    <ToolsContext.Provider value={tools}>
      <GroupingState given={given} failure={failure?.message ?? null} />
      <GivenContext.Provider value={told}>{children}</GivenContext.Provider>
      {chosen.length > 0 && (
        <div className="merge-bar float" role="region" aria-label="Picked groups">
          <span>
            <b>{count(chosen.length, 'group')}</b> picked
            {sections.size > 1 && <span className="q3"> of different kinds, which cannot be merged</span>}
          </span>
          <button type="button" className="btn main" disabled={!mayMerge} onClick={merge} aria-keyshortcuts="u">
            Merge<kbd>U</kbd>
          </button>
          <button type="button" className="btn quiet" onClick={clear}>
            Clear<kbd>Esc</kbd>
          </button>
        </div>
      )}
      {asked?.what === 'name' && (
        <NameDialog group={asked.group} teacher={teacher} edit={edit} onClose={() => setAsked(null)} />
      )}
      {asked?.what === 'split' && <SplitDialog group={asked.group} edit={edit} onClose={() => setAsked(null)} />}
    </ToolsContext.Provider>
  );
}

/** By which rule answers of a section are near, in words. */
export function NearRule({ section }: { section: AnswerSection }) {
  const rule = useGivenGroups()?.given?.rules.find((one) => one.section === section);
  return rule ? <p className="q3 sm near-rule">{rule.words}</p> : null;
}

function GroupingState({ given, failure }: { given: Groups['given']; failure: string | null }) {
  const words =
    failure !== null
      ? `Only equal answers are together: ${failure}`
      : given?.state === 'grouping'
        ? `Grouping near-equal answers: ${given.done.toLocaleString('en')} of ${given.of.toLocaleString('en')}.`
        : given?.state === 'plain'
          ? 'Only equal answers are together: looking for near-equal ones among so many took too long.'
          : null;
  return words === null ? null : (
    <p className="q2 sm grouping-state" role="status">
      {words}
    </p>
  );
}
