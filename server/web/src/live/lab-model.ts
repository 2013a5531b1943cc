/**
 * What one lab looks like on a teacher's page: the server's snapshot, then changes in the order of the lab's log.
 *
 * Entries are immutable and replaced when they change, so that a component can compare them; the maps that hold them
 * are not. A change is applied once by its revision (`applyUpdate` leaves out what is already in), so counts stay
 * right however often the same update arrives, and nothing has to be remembered per record: memory stays flat.
 */
import type {
  Change,
  GridCell,
  LabState,
  LabView,
  ParticipantView,
  Presence,
  QuestionView,
  RecordView,
  SubmissionChange,
} from '@nbpulse/schema/wire';
import { statusesOf, type Cell, type CellStatus } from './row-status.js';

const activityPoints = 400;

export interface Row {
  participant: ParticipantView;
  joinedAt: number;
  cells: ReadonlyMap<string, Cell>;
  /** In the order of the model's questions. */
  statuses: readonly CellStatus[];
  /** Index of the question that this student is on: working, or the last sent one when it ended in an error. −1: unknown. */
  current: number;
  sent: number;
  lastAt: number | null;
  /** Minutes since the lab opened. */
  at: readonly number[];
  errorAt: readonly number[];
  presence: Presence | null;
  submissions: readonly SubmissionChange[];
}

export interface Tally {
  answered: number;
  error: number;
  working: number;
}

/** What an update touched, so that the page can pulse and announce exactly that. */
export interface Touched {
  cells: { participant: string; question: string; error: boolean }[];
  joined: string[];
}
const noTouch = (): Touched => ({ cells: [], joined: [] });

const natural = new Intl.Collator('en', { numeric: true });
const byPosition = (a: QuestionView, b: QuestionView): number =>
  a.position - b.position || natural.compare(a.key, b.key);

type Applied = { kind: 'applied'; touched: Touched } | { kind: 'old' } | { kind: 'gap' };

export class LabModel {
  rev: number;
  lab: LabView;
  deleted = false;
  questions: readonly QuestionView[];
  tallies: readonly Tally[] = [];
  readonly rows = new Map<string, Row>();
  /** Those who are in the class, in the order in which they joined; replaced when somebody joins or leaves. */
  members: readonly string[] = [];

  constructor(state: LabState) {
    this.rev = state.rev;
    this.lab = state.lab;
    this.questions = [...state.questions].sort(byPosition);
    const cells = new Map<string, Map<string, Cell>>();
    for (const cell of state.cells) {
      let own = cells.get(cell.participant);
      if (!own) cells.set(cell.participant, (own = new Map<string, Cell>()));
      own.set(cell.question, cellOf(cell));
    }
    const activity = new Map(state.activity.map((one) => [one.participant, one]));
    const presence = new Map(state.presence.map((one) => [one.participant, one]));
    const submissions = new Map<string, SubmissionChange[]>();
    for (const one of state.submissions) {
      const own = submissions.get(one.participant);
      if (own) own.push(one);
      else submissions.set(one.participant, [one]);
    }
    for (const participant of state.participants) {
      const own = activity.get(participant.id);
      this.rows.set(
        participant.id,
        this.#statusesIn({
          ...emptyRow(participant),
          cells: cells.get(participant.id) ?? new Map<string, Cell>(),
          at: own?.at ?? [],
          errorAt: own?.errorAt ?? [],
          presence: presence.get(participant.id) ?? null,
          submissions: submissions.get(participant.id) ?? [],
        }),
      );
    }
    this.#countMembers();
    this.#countAll();
  }

  /** Row of this participant, when it is known and in the class. */
  row(participant: string): Row | undefined {
    return this.rows.get(participant);
  }

  /**
   * Applies an update that starts after revision `from` and ends at `to`. On an update from ahead nothing changes: the
   * caller fetches what lies between.
   */
  applyUpdate(from: number, to: number, changes: readonly Change[]): Applied {
    if (to <= this.rev) return { kind: 'old' };
    if (from > this.rev) return { kind: 'gap' };
    const known = this.rev;
    const touched = noTouch();
    let questionsChanged = false;
    let membersChanged = false;
    const rowsChanged = new Set<string>();
    for (const change of changes) {
      if (change.rev <= known) continue;
      switch (change.kind) {
        case 'lab':
          this.lab = change.lab;
          break;
        case 'lab-deleted':
          this.deleted = true;
          break;
        case 'participant': {
          const before = this.rows.get(change.participant.id);
          if (!before) touched.joined.push(change.participant.id);
          const row = before ?? emptyRow(change.participant);
          this.rows.set(change.participant.id, { ...row, participant: change.participant });
          rowsChanged.add(change.participant.id);
          membersChanged ||= before?.participant.removed !== change.participant.removed;
          break;
        }
        case 'question':
          this.questions = [...this.questions.filter((one) => one.key !== change.question.key), change.question].sort(
            byPosition,
          );
          questionsChanged = true;
          break;
        case 'record': {
          const row = this.rows.get(change.record.participant);
          if (!row) break;
          this.rows.set(change.record.participant, this.#withRecord(row, change.record));
          rowsChanged.add(change.record.participant);
          touched.cells.push({
            participant: change.record.participant,
            question: change.record.question,
            error: change.record.error,
          });
          break;
        }
        case 'submission': {
          const row = this.rows.get(change.submission.participant);
          if (!row) break;
          const others = row.submissions.filter((one) => one.id !== change.submission.id);
          this.rows.set(change.submission.participant, { ...row, submissions: [...others, change.submission] });
          break;
        }
        case 'checkpoint':
        case 'dropped':
          break; // on the student's own page only
        default:
          change satisfies never;
      }
    }
    this.rev = to;
    if (membersChanged) this.#countMembers();
    if (questionsChanged) {
      for (const [id, row] of this.rows) this.rows.set(id, this.#statusesIn(row));
      this.#countAll();
    } else if (rowsChanged.size > 0) {
      this.#recount(rowsChanged, membersChanged);
    }
    return { kind: 'applied', touched };
  }

  applyPresence(presence: readonly Presence[]): void {
    for (const one of presence) {
      const row = this.rows.get(one.participant);
      if (row) this.rows.set(one.participant, { ...row, presence: one });
    }
  }

  /** Marks the cells of one frame to pulse. */
  pulse(cells: readonly { participant: string; question: string }[]): void {
    for (const { participant, question } of cells) {
      const row = this.rows.get(participant);
      const cell = row?.cells.get(question);
      if (!row || !cell) continue;
      const cells = new Map(row.cells);
      cells.set(question, { ...cell, pulse: cell.pulse + 1 });
      this.rows.set(participant, { ...row, cells });
    }
  }

  #withRecord(row: Row, record: RecordView): Row {
    const madeAt = Date.parse(record.madeAt);
    const before = row.cells.get(record.question);
    const cells = new Map(row.cells);
    if (record.deleted && before) {
      // Its content is gone; who and when stay, so the counts do.
      if (before.last.id !== record.id) return row;
      cells.set(record.question, { ...before, last: { ...before.last, summary: record.summary } });
      return { ...row, cells };
    }
    cells.set(record.question, withRecord(before, record, madeAt));
    if (record.deleted) return { ...row, cells };
    const openedAt = Date.parse(this.lab.openedAt ?? this.lab.createdAt);
    const minute = Math.max(0, (madeAt - openedAt) / 60_000);
    const push = (list: readonly number[]): number[] => [...list.slice(-(activityPoints - 1)), minute];
    return {
      ...row,
      cells,
      at: record.error ? row.at : push(row.at),
      errorAt: record.error ? push(row.errorAt) : row.errorAt,
    };
  }

  #statusesIn(row: Row): Row {
    return { ...row, ...statusesOf(this.questions, row.cells) };
  }

  #countMembers(): void {
    this.members = [...this.rows.values()]
      .filter((row) => !row.participant.removed)
      .sort((a, b) => a.joinedAt - b.joinedAt || (a.participant.id < b.participant.id ? -1 : 1))
      .map((row) => row.participant.id);
  }

  #countAll(): void {
    const tallies = this.questions.map((): Tally => ({ answered: 0, error: 0, working: 0 }));
    for (const row of this.rows.values()) if (!row.participant.removed) addTo(tallies, row.statuses, 1);
    this.tallies = tallies;
  }

  #recount(changed: ReadonlySet<string>, membersChanged: boolean): void {
    const tallies = this.tallies.map((tally) => ({ ...tally }));
    for (const id of changed) {
      const row = this.rows.get(id);
      if (!row) continue;
      const next = this.#statusesIn(row);
      if (!row.participant.removed && !membersChanged) {
        addTo(tallies, row.statuses, -1);
        addTo(tallies, next.statuses, 1);
      }
      this.rows.set(id, next);
    }
    if (membersChanged) this.#countAll();
    else this.tallies = tallies;
  }
}

function addTo(tallies: Tally[], statuses: readonly CellStatus[], by: 1 | -1): void {
  statuses.forEach((status, index) => {
    const tally = tallies[index];
    if (tally && status !== 'not-started') tally[status] += by;
  });
}

const emptyRow = (participant: ParticipantView): Row => ({
  participant,
  joinedAt: Date.parse(participant.joinedAt),
  cells: new Map<string, Cell>(),
  statuses: [],
  current: -1,
  sent: 0,
  lastAt: null,
  at: [],
  errorAt: [],
  presence: null,
  submissions: [],
});

const cellOf = (cell: GridCell): Cell => ({
  records: cell.records,
  errors: cell.errors,
  errorRun: cell.errorRun,
  firstAt: Date.parse(cell.firstAt),
  lastAt: Date.parse(cell.lastAt),
  last: cell.last,
  pulse: 0,
});

/** One record more. One that was made before the cell's last (a student who was offline) counts, but is not the last. */
function withRecord(cell: Cell | undefined, record: RecordView, madeAt: number): Cell {
  const last = { id: record.id, summary: record.summary, hash: record.hash, error: record.error };
  const error = record.error ? 1 : 0;
  if (!cell) return { records: 1, errors: error, errorRun: error, firstAt: madeAt, lastAt: madeAt, last, pulse: 0 };
  const isLast = madeAt >= cell.lastAt;
  return {
    records: cell.records + 1,
    errors: cell.errors + error,
    errorRun: isLast ? (record.error ? cell.errorRun + 1 : 0) : cell.errorRun,
    firstAt: Math.min(cell.firstAt, madeAt),
    lastAt: Math.max(cell.lastAt, madeAt),
    last: isLast ? last : cell.last,
    pulse: cell.pulse,
  };
}
