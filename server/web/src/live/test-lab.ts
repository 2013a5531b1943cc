/** A small lab for the tests of this folder: people, questions, and a server's log made by hand. */
import {
  defaultLabSettings,
  newQuestion,
  type ActivityChange,
  type Change,
  type GridCell,
  type LabLog,
  type LabState,
  type RecordView,
} from '@nbpulse/schema/wire';

const openedAt = Date.parse('2026-11-20T13:15:00Z');
export const minute = (m: number): string => new Date(openedAt + m * 60_000).toISOString();
export const ms = (m: number): number => openedAt + m * 60_000;

export const people = ['ada', 'emmy', 'kurt'] as const;
export const keys = ['1', '2', '3a', '3b'] as const;

export const participant = (name: string, removed = false): LabState['participants'][number] => ({
  id: name,
  name,
  joinedAt: minute(0),
  openedAt: minute(0),
  removed,
  unverified: false,
  erasedAt: null,
  sending: true,
});

export function emptyState(over: Partial<LabState> = {}): LabState {
  return {
    rev: 0,
    serverAt: minute(0),
    lab: {
      id: 'lab',
      course: 'course',
      name: 'Lab 4',
      description: '',
      status: 'open',
      joinCode: 'KMNS42QX',
      createdAt: minute(-60),
      openedAt: minute(0),
      closedAt: null,
      settings: defaultLabSettings,
      retentionMonths: 12,
      eraseAt: null,
      erasedAt: null,
    },
    participants: people.map((name) => participant(name)),
    questions: keys.map((key, position) => newQuestion(key, position)),
    cells: [],
    activity: [],
    latestActivity: [],
    submissions: [],
    notebookRuns: [],
    presence: [],
    ...over,
  };
}

let made = 0;
export function record(who: string, question: string, atMinute: number, over: Partial<RecordView> = {}): RecordView {
  made += 1;
  return {
    id: `record-${String(made)}`,
    participant: who,
    question,
    part: null,
    value: { t: 'int', v: made },
    summary: String(made),
    hash: `hash-${String(made)}`,
    error: false,
    madeAt: minute(atMinute),
    receivedAt: minute(atMinute),
    late: false,
    deleted: false,
    hidden: false,
    tag: 'int',
    verdict: null,
    ...over,
  };
}

type Unnumbered<T> = T extends unknown ? Omit<T, 'rev'> : never;

/** A cell of this question ran, or with `error` ended in one. */
export const activity = (
  who: string,
  question: string | null,
  atMinute: number,
  error: string | null = null,
): ActivityChange => ({
  participant: who,
  what: error === null ? 'cell-run' : 'error',
  question,
  error,
  madeAt: minute(atMinute),
});
/** A lab that collects passive activity. */
export const collecting = (over: Partial<LabState> = {}): LabState => {
  const state = emptyState(over);
  return { ...state, lab: { ...state.lab, settings: { ...state.lab.settings, activity: true } } };
};

export interface Update {
  from: number;
  to: number;
  changes: Change[];
}

/** The server's side: a log whose every flush has one revision, and the snapshot as of any of them. */
export class LogByHand {
  readonly updates: Update[] = [];
  rev = 0;

  commit(
    ...changes: Unnumbered<Extract<Change, { kind: 'record' | 'activity' | 'lab' | 'participant' | 'question' }>>[]
  ): Update {
    const from = this.rev;
    this.rev += 1;
    const update = { from, to: this.rev, changes: changes.map((change): Change => ({ ...change, rev: this.rev })) };
    this.updates.push(update);
    return update;
  }
  since(rev: number, most = 2): LabLog {
    const rest = this.updates.filter((update) => update.to > rev);
    const page = rest.slice(0, most);
    return {
      from: rev,
      to: page[page.length - 1]?.to ?? this.rev,
      more: rest.length > page.length,
      changes: page.flatMap((update) => update.changes),
    };
  }
}

export const cell = (who: string, question: string, over: Partial<GridCell> = {}): GridCell => ({
  participant: who,
  question,
  records: 1,
  errors: 0,
  errorRun: 0,
  sameRun: 1,
  firstAt: minute(1),
  lastAt: minute(1),
  last: { id: `${who} ${question}`, summary: '1', hash: 'h', error: false, verdict: null },
  ...over,
});
