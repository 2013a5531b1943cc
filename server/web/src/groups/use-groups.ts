/** The groups of a question, live: asked for again when an answer comes that is in none, when staff edit them, or verdicts change. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { GroupEdit, QuestionGroups, QuestionView, RecordView } from '@nbpulse/schema/wire';
import type { Failure } from '../api/request.js';
import { useLab } from '../class/lab-context.js';
import { useToast } from '../shell/toast.js';
import { editGroups, forgetMistake, readGroups, recallMistake } from './api.js';
import { answersByHash, keepingGroups, withKept, type GroupedAnswers } from './grouped.js';

const pauseMs = 1_000;
const mostPauseMs = 4_000;
/** The answer grows with the groups that there are: of thousands it is asked for less often. A number stands in the plot meanwhile. */
const pauseFor = (groups: number): number => Math.min(mostPauseMs, Math.max(pauseMs, groups));

export interface Groups {
  /** Null until they are there, or could not be had. */
  groups: readonly GroupedAnswers[] | null;
  given: QuestionGroups | null;
  failure: Failure | null;
  /** Counts the edits of this page that move answers: whoever made one wants to see it in its place. */
  edits: number;
  edit: GroupsEditor;
}
export interface GroupsEditor {
  /** Does it, says `done`, and offers Undo. */
  do: (edit: GroupEdit, done: string) => void;
  /** Of a known mistake: its groups lose its name and hint. */
  forget: (mistake: { id: string; name: string }) => void;
  busy: boolean;
}

interface Loaded {
  question: string;
  given: QuestionGroups | null;
  failure: Failure | null;
  /** Answers that the server was asked about, and has in no group: nobody waits for them. */
  asked: ReadonlySet<string>;
}
const nothing: ReadonlySet<string> = new Set();

/** @param records in view @param heard every record that this page knows: a first try in view may have been answered anew since */
export function useGroups(
  view: QuestionView,
  records: readonly RecordView[] | null,
  heard: ReadonlyMap<string, RecordView> | null,
): Groups {
  const { session } = useLab();
  const question = view.key;
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [round, setRound] = useState(0);
  const askedAt = useRef(0);
  const pause = useRef(pauseMs);
  const present = useRef({ records, heard });
  useEffect(() => {
    present.current = { records, heard };
  });
  const current = loaded?.question === question ? loaded : null;
  const stamp = `${String(view.groupsRev)} ${String(view.judgedRev)}`;

  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async (): Promise<void> => {
      askedAt.current = Date.now();
      const { records, heard } = present.current;
      const hashes = [...(records ?? []), ...(heard?.values() ?? [])].map(({ hash }) => hash);
      const answer = await readGroups(session.lab, question, abort.signal);
      const known = answersByHash(answer.ok ? answer.value : null);
      const asked = new Set(hashes.filter((hash) => !known.has(hash)));
      pause.current = pauseFor(answer.ok ? answer.value.groups.length : 0);
      setLoaded((before) =>
        answer.ok
          ? {
              question,
              given: withKept(answer.value, before?.question === question ? before.given : null),
              failure: null,
              asked,
            }
          : {
              question,
              given: before?.question === question ? before.given : null,
              // A key that nobody has sent yet has no groups; that is not an error.
              failure: answer.failure.code === 'not-found' ? null : answer.failure,
              asked,
            },
      );
      const again = answer.ok ? answer.value.state === 'grouping' : answer.failure.code === 'unreachable';
      if (again) timer = setTimeout(() => void ask().catch(() => undefined), pauseMs);
    };
    timer = setTimeout(
      () => void ask().catch(() => undefined), // aborted: the page has moved on
      Math.max(0, askedAt.current === 0 ? 0 : Math.min(pause.current, askedAt.current + pause.current - Date.now())),
    );
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [session, question, stamp, round]);
  // Another snapshot of the lab: whatever came in between was not told.
  useEffect(
    () =>
      session.store.follow((changes) => {
        if (changes === null) setRound((before) => before + 1);
      }),
    [session],
  );

  const known = useMemo(() => answersByHash(current?.given ?? null), [current?.given]);
  const asked = current?.asked ?? nothing;
  const unknown = useMemo(() => {
    const isUnknown = ({ hash, deleted, hidden }: RecordView): boolean =>
      !deleted && !hidden && !known.has(hash) && !asked.has(hash);
    return records?.some(isUnknown) === true || [...(heard?.values() ?? [])].some(isUnknown);
  }, [records, heard, known, asked]);
  useEffect(() => {
    if (unknown && current) setRound((before) => before + 1);
    // Once for each answer of the server: what is unknown after it was asked about stays so.
  }, [unknown, current]);

  const { edit, edits } = useEditor(question, (given) => setLoaded({ question, given, failure: null, asked: nothing }));
  const [grouped] = useState(keepingGroups);
  const groups = useMemo(
    () =>
      current && records ? grouped(records, current.given, (hash) => current.given !== null && !asked.has(hash)) : null,
    [grouped, current, records, asked],
  );
  return { groups, given: current?.given ?? null, failure: current?.failure ?? null, edits, edit };
}

function useEditor(question: string, take: (given: QuestionGroups) => void): { edit: GroupsEditor; edits: number } {
  const { session } = useLab();
  const say = useToast();
  const [edits, setEdits] = useState(0);
  const [busy, setBusy] = useState(false);
  const taker = useRef(take);
  useEffect(() => {
    taker.current = take;
  });
  const send = useCallback(
    async (edit: GroupEdit, done: string): Promise<void> => {
      setBusy(true);
      const answer = await editGroups(session.lab, question, edit);
      setBusy(false);
      if (!answer.ok) {
        say({ words: answer.failure.message, wrong: true });
        return;
      }
      taker.current(answer.value.groups);
      if (edit.edit !== 'name') setEdits((before) => before + 1);
      const { undo } = answer.value;
      say({ words: done, undo: () => void send({ edit: 'restore', snapshot: undo }, 'Undone.') });
    },
    [session, question, say],
  );
  const forget = useCallback(
    async (mistake: { id: string; name: string }): Promise<void> => {
      const course = session.store.model?.lab.course;
      if (course === undefined) return;
      setBusy(true);
      const answer = await forgetMistake(course, mistake.id);
      setBusy(false);
      if (!answer.ok) {
        say({ words: answer.failure.message, wrong: true });
        return;
      }
      const recall = async (): Promise<void> => {
        const recalled = await recallMistake(course, answer.value.undo);
        say(
          recalled.ok
            ? { words: `“${mistake.name}” is known again.` }
            : { words: recalled.failure.message, wrong: true },
        );
      };
      say({ words: `“${mistake.name}” is no longer a known mistake.`, undo: () => void recall() });
    },
    [session, say],
  );
  const edit = useMemo<GroupsEditor>(
    () => ({ do: (one, done) => void send(one, done), forget: (mistake) => void forget(mistake), busy }),
    [send, forget, busy],
  );
  return { edit, edits };
}
