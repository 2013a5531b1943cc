/**
 * What somebody is typing or dragging as the expected answer of a question, before it is saved, and how the server would judge by
 * it. A draft is *clean* (what is set), *changed*, or *wrong* (it cannot be read); each change is previewed after a short pause.
 */
import { useCallback, useEffect, useSyncExternalStore } from 'react';
import { expectedPreview, type ExpectedAnswer, type ExpectedPreview } from '@nbpulse/schema/wire';
import { request } from '../api/request.js';
import { useLab, useModel } from '../class/lab-context.js';
import { answerOf, typedOf, type Typed } from './typed.js';

const pauseMs = 150;
const at = encodeURIComponent;

interface DraftState {
  /** Null: clean. */
  typed: Typed | null;
  wrong: string | null;
  preview: ExpectedPreview | null;
}
const clean: DraftState = { typed: null, wrong: null, preview: null };

class Draft {
  state = clean;
  readonly #listeners = new Set<() => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked: AbortController | null = null;

  constructor(readonly address: string) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #show(state: DraftState): void {
    this.state = state;
    for (const listener of this.#listeners) listener();
  }

  /** Back to what is set. */
  readonly leave = (): void => {
    this.#stop();
    this.#show(clean);
  };

  #stop(): void {
    clearTimeout(this.#timer);
    this.#asked?.abort();
  }

  readonly change = (typed: Typed): void => {
    this.#stop();
    const read = answerOf(typed);
    const wrong = read !== null && 'wrong' in read ? read.wrong : null;
    // The counts of the text before stay until the new ones are there, so that nothing flickers while one types.
    this.#show({ typed, wrong, preview: read === null || wrong !== null ? null : this.state.preview });
    if (read === null || 'wrong' in read) return;
    this.#timer = setTimeout(() => void this.#ask(typed, read.answer), pauseMs);
  };

  /** Again, after records came in. */
  readonly again = (): void => {
    const { typed } = this.state;
    if (typed) this.change(typed);
  };

  async #ask(typed: Typed, answer: ExpectedAnswer): Promise<void> {
    const asked = new AbortController();
    this.#asked = asked;
    try {
      const told = await request(`${this.address}/preview`, expectedPreview, {
        method: 'POST',
        body: { answer },
        signal: asked.signal,
      });
      if (asked.signal.aborted) return;
      if (told.ok) this.#show({ typed, wrong: null, preview: told.value });
      else this.#show({ typed, wrong: told.failure.message, preview: null });
    } catch (error) {
      if (!asked.signal.aborted) throw error;
    }
  }
}

/** One per question, however many parts of the page follow it. */
const drafts = new Map<string, Draft>();
function draftOf(lab: string, question: string): Draft {
  const address = `labs/${at(lab)}/questions/${at(question)}/expected`;
  let draft = drafts.get(address);
  if (!draft) drafts.set(address, (draft = new Draft(address)));
  return draft;
}

export interface ExpectedDraft {
  /** As drafted, else as set; null: nothing, or it cannot be read. */
  answer: ExpectedAnswer | null;
  /** For whoever draws it: a band that is dragged. */
  setAnswer: (answer: ExpectedAnswer) => void;
  /** How the draft would judge; null while nothing differs from what is set, or until the server has told. */
  preview: ExpectedPreview | null;
  typed: Typed;
  changed: boolean;
  wrong: string | null;
  change: (typed: Typed) => void;
  leave: () => void;
}

export function useExpectedDraft(question: string): ExpectedDraft {
  const { session } = useLab();
  const draft = draftOf(session.lab, question);
  const state = useSyncExternalStore(draft.subscribe, () => draft.state);
  const set = useModel(
    useCallback((model) => model.questions.find(({ key }) => key === question)?.expected?.answer ?? null, [question]),
  );
  // Followed without drawing: of most records a draft's counts need not be asked for.
  useEffect(() => {
    const { store, calm } = session;
    const tally = (): unknown => store.model?.tallies[store.model.questions.findIndex(({ key }) => key === question)];
    let before = tally();
    draft.again();
    return calm.subscribe(() => {
      const now = tally();
      if (now === before) return;
      before = now;
      draft.again();
    });
  }, [session, draft, question]);
  const typed = state.typed ?? typedOf(set);
  const read = state.typed ? answerOf(state.typed) : null;
  return {
    answer: state.typed ? (read && 'answer' in read ? read.answer : null) : set,
    setAnswer: useCallback((answer: ExpectedAnswer) => draft.change(typedOf(answer)), [draft]),
    preview: state.preview,
    typed,
    changed: state.typed !== null,
    wrong: state.wrong,
    change: draft.change,
    leave: draft.leave,
  };
}
