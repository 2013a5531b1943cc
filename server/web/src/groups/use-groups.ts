/** The groups of a question, live: asked for again when an answer comes that is in none, when staff edit them, or verdicts change. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { GroupEdit, QuestionGroups, QuestionView, RecordView } from '@nbpulse/schema/wire';
import type { Failure } from '../api/request.js';
import { useLab } from '../class/lab-context.js';
import { useToast } from '../shell/toast.js';
import { editGroups, forgetMistake, readGroups } from './api.js';
import { answersByHash, groupedOf, type GroupedAnswers } from './grouped.js';

const pauseMs = 1_000;

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
  const present = useRef<readonly RecordView[]>([]);
  useEffect(() => {
    present.current = [...(records ?? []), ...(heard?.values() ?? [])];
  });
  const current = loaded?.question === question ? loaded : null;
  const stamp = `${String(view.groupsRev)} ${String(view.judgedRev)}`;

  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async (): Promise<void> => {
      askedAt.current = Date.now();
      const hashes = present.current.map(({ hash }) => hash);
      const answer = await readGroups(session.lab, question, abort.signal);
      const known = answersByHash(answer.ok ? answer.value : null);
      const asked = new Set(hashes.filter((hash) => !known.has(hash)));
      setLoaded((before) =>
        answer.ok
          ? { question, given: answer.value, failure: null, asked }
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
      Math.max(0, askedAt.current === 0 ? 0 : Math.min(pauseMs, askedAt.current + pauseMs - Date.now())),
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
  const groups = useMemo(
    () =>
      current && records
        ? groupedOf(records, current.given, (hash) => current.given !== null && !asked.has(hash))
        : null,
    [current, records, asked],
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
      say(
        answer.ok
          ? { words: `“${mistake.name}” is no longer a known mistake.` }
          : { words: answer.failure.message, wrong: true },
      );
    },
    [session, say],
  );
  const edit = useMemo<GroupsEditor>(
    () => ({ do: (one, done) => void send(one, done), forget: (mistake) => void forget(mistake), busy }),
    [send, forget, busy],
  );
  return { edit, edits };
}
