/**
 * What one lab looks like on a teacher's page: the server's snapshot, then changes in the order of the lab's log.
 *
 * Entries are immutable and replaced when they change, so that a component can compare them; the maps that hold them
 * are not. A change is applied once by its revision (`applyUpdate` leaves out what is already in), so counts stay
 * right however often the same update arrives, and nothing has to be remembered per record: memory stays flat.
 */
import type {
  ActivityChange,
  Change,
  GridCell,
  LabState,
  LabView,
  NotebookRunView,
  ParticipantView,
  Presence,
  QuestionView,
  RecordView,
  SubmissionChange,
} from '@nbpulse/schema/wire';
import { cellOf, withRecord, type Cell, type CellGiven } from './cell.js';
import { foldsOf, type Fold } from './fold.js';
import { emptyRow, isMember, standingOf, type Row } from './row.js';
import { isSameStatus, statusesOf, type Activity, type RowStatus } from './row-status.js';
import { addTo, addToFolds, noFoldTally, noTally, withUnchanged, type FoldTally, type Tally } from './tally.js';

const activityPoints = 400;
/** A record that was received so much earlier than one that is known already is not new. */
const arrivalsWithinMs = 5_000;
/** The snapshot's minutes are rounded to a hundredth. */
const minuteRounding = 0.006;

/** What an update touched, so that the page can pulse and announce exactly that. */
export interface Touched {
  cells: { participant: string; question: string; error: boolean }[];
  joined: string[];
  /** Cells of which only the server can tell what they show now: judged anew, or a record of theirs hidden, deleted or shown again. */
  unsure: CellScope[];
}
const noTouch = (): Touched => ({ cells: [], joined: [], unsure: [] });
/** One cell, or with `participant` null a whole column. */
export interface CellScope {
  question: string;
  participant: string | null;
}

const natural = new Intl.Collator('en', { numeric: true });
const byPosition = (a: QuestionView, b: QuestionView): number =>
  a.position - b.position || natural.compare(a.key, b.key);

/** `visible`: something that a page shows is another object now. A cell that ran changes nothing most of the time. */
type Applied = { kind: 'applied'; touched: Touched; visible: boolean } | { kind: 'old' } | { kind: 'gap' };

export type StateGiven = Omit<LabState, 'cells'> & { cells: readonly CellGiven[] };

export class LabModel {
  rev: number;
  lab: LabView;
  deleted = false;
  questions: readonly QuestionView[];
  /** Replaced with every change of a row; the tally of a question only when a count of it changes. */
  tallies: readonly Tally[] = [];
  /** In the order of `foldsOf(questions)`. */
  foldTallies: readonly FoldTally[] = [];
  readonly rows = new Map<string, Row>();
  /** Those who are in the class, in the order in which they joined; replaced when somebody joins or leaves. */
  members: readonly string[] = [];
  /** How many of them have opened the notebook. */
  opened = 0;
  /** Everybody who ever came, those who left too; replaced when one of them changes. */
  people: readonly ParticipantView[] = [];
  /** The latest run of the author's notebook of each kind; replaced when one of them moves. */
  notebookRuns: readonly NotebookRunView[];
  /** Each participant's latest passive event. Beside the rows: of a class that runs cells, rows must not change with each. */
  readonly #activities = new Map<string, Activity>();
  /** Cells read anew as of a revision that the log has not brought yet: what it brings up to there is in them. */
  #ahead: (CellScope & { rev: number })[] = [];
  /** The latest arrival, and records that were taken out: by them a record that is shown again is told from a new one. */
  #receivedAt = 0;
  readonly #takenOut = new Set<string>();

  constructor(state: StateGiven) {
    this.rev = state.rev;
    this.lab = state.lab;
    this.notebookRuns = state.notebookRuns;
    this.questions = [...state.questions].sort(byPosition);
    const cells = new Map<string, Map<string, Cell>>();
    for (const cell of state.cells) {
      let own = cells.get(cell.participant);
      if (!own) cells.set(cell.participant, (own = new Map<string, Cell>()));
      own.set(cell.question, cellOf(cell, state.rev));
    }
    const activity = new Map(state.activity.map((one) => [one.participant, one]));
    const presence = new Map(state.presence.map((one) => [one.participant, one]));
    const submissions = new Map<string, SubmissionChange[]>();
    for (const one of state.submissions) {
      const own = submissions.get(one.participant);
      if (own) own.push(one);
      else submissions.set(one.participant, [one]);
    }
    for (const one of state.latestActivity) this.#activities.set(one.participant, activityOf(one));
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
    this.people = state.participants;
  }

  /** Row of this participant, when it is known and in the class. */
  row(participant: string): Row | undefined {
    return this.rows.get(participant);
  }

  /** The latest passive event; null when there is none or the lab does not collect them. */
  activityOf(participant: string): Activity | null {
    return this.lab.settings.activity ? (this.#activities.get(participant) ?? null) : null;
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
    let peopleChanged = false;
    let visible = false;
    const rowsChanged = new Set<string>();
    const active = new Set<string>();
    for (const change of changes) {
      if (change.rev <= known) continue;
      visible ||= change.kind !== 'activity';
      switch (change.kind) {
        case 'lab':
          // Other settings read the same activity another way.
          questionsChanged ||= this.lab.settings.activity !== change.lab.settings.activity;
          this.lab = change.lab;
          break;
        case 'lab-deleted':
          this.deleted = true;
          break;
        case 'participant': {
          const before = this.rows.get(change.participant.id);
          if (!before) touched.joined.push(change.participant.id);
          // Of who was erased nothing is left here either.
          const row = before && change.participant.erasedAt === null ? before : emptyRow(change.participant);
          if (change.participant.erasedAt !== null) this.#activities.delete(change.participant.id);
          this.rows.set(change.participant.id, { ...row, participant: change.participant });
          peopleChanged = true;
          rowsChanged.add(change.participant.id);
          membersChanged ||= !before || standingOf(before.participant) !== standingOf(change.participant);
          break;
        }
        case 'question':
          if (
            (this.questions.find(({ key }) => key === change.question.key)?.judgedRev ?? 0) < change.question.judgedRev
          )
            touched.unsure.push({ question: change.question.key, participant: null });
          this.questions = [...this.questions.filter((one) => one.key !== change.question.key), change.question].sort(
            byPosition,
          );
          questionsChanged = true;
          break;
        case 'record': {
          const { participant, question, error } = change.record;
          const row = this.rows.get(participant);
          if (!row) break;
          if (this.#isAgain(change.record)) touched.unsure.push({ question, participant });
          this.rows.set(participant, this.#withRecord(row, change.record, change.rev));
          rowsChanged.add(participant);
          if (!change.record.hidden && !change.record.deleted) touched.cells.push({ participant, question, error });
          break;
        }
        case 'submission': {
          const row = this.rows.get(change.submission.participant);
          if (!row) break;
          const others = row.submissions.filter((one) => one.id !== change.submission.id);
          this.rows.set(change.submission.participant, { ...row, submissions: [...others, change.submission] });
          break;
        }
        case 'activity': {
          const { participant } = change.activity;
          const next = activityOf(change.activity);
          if (next.at < (this.#activities.get(participant)?.at ?? 0)) break;
          this.#activities.set(participant, next);
          active.add(participant);
          break;
        }
        case 'checkpoint':
        case 'dropped':
          break; // on the student's own page only
        case 'notebook-run': {
          const { run } = change;
          this.notebookRuns = [...this.notebookRuns.filter((one) => one.kind !== run.kind), run];
          visible = true;
          break;
        }
        default:
          change satisfies never;
      }
    }
    this.rev = to;
    if (this.#ahead.length > 0) this.#ahead = this.#ahead.filter((one) => one.rev > to);
    if (peopleChanged) this.people = [...this.rows.values()].map((row) => row.participant);
    for (const id of active) {
      const row = this.rows.get(id);
      if (!row || rowsChanged.has(id) || isSameStatus(row, this.#statusOf(row))) continue;
      rowsChanged.add(id);
      visible = true;
    }
    if (membersChanged) this.#countMembers();
    if (questionsChanged) {
      for (const [id, row] of this.rows) this.rows.set(id, this.#statusesIn(row));
      this.#countAll();
    } else if (rowsChanged.size > 0) {
      this.#recount(rowsChanged, membersChanged);
    }
    return { kind: 'applied', touched, visible };
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

  /**
   * Takes part of the grid as the server has it at `rev`. A cell that changed after that keeps what it has; the answer is true when
   * there is one, and the part has to be asked for once more.
   */
  readAnew(scope: CellScope, rev: number, cells: readonly GridCell[]): boolean {
    let again = false;
    const told = new Map(cells.map((cell) => [cell.participant, cell]));
    const changed = new Set<string>();
    const rows = scope.participant === null ? this.rows.keys() : [scope.participant];
    for (const id of rows) {
      const row = this.rows.get(id);
      const before = row?.cells.get(scope.question);
      const now = told.get(id);
      if (!row || (!before && !now)) continue;
      if (before && before.rev > rev) {
        again = true;
        continue;
      }
      const next = new Map(row.cells);
      if (now) next.set(scope.question, { ...cellOf(now, rev), pulse: before?.pulse ?? 0 });
      else next.delete(scope.question);
      this.rows.set(id, { ...row, cells: next });
      changed.add(id);
    }
    if (rev > this.rev) this.#ahead.push({ ...scope, rev });
    if (changed.size > 0) this.#recount(changed, false);
    return again;
  }

  /** Not a new record, but one that is hidden, deleted, or shown again: it changes what is counted in another way than by one more. */
  #isAgain(record: RecordView): boolean {
    if (record.hidden || record.deleted) {
      this.#takenOut.add(record.id);
      return true;
    }
    const receivedAt = Date.parse(record.receivedAt);
    const again = this.#takenOut.delete(record.id) || receivedAt < this.#receivedAt - arrivalsWithinMs;
    this.#receivedAt = Math.max(this.#receivedAt, receivedAt);
    return again;
  }

  #withRecord(row: Row, record: RecordView, rev: number): Row {
    const madeAt = Date.parse(record.madeAt);
    const openedAt = Date.parse(this.lab.openedAt ?? this.lab.createdAt);
    const minute = Math.max(0, (madeAt - openedAt) / 60_000);
    if (record.hidden || record.deleted) {
      const rest = (list: readonly number[]): readonly number[] => {
        const at = list.findIndex((one) => Math.abs(one - minute) < minuteRounding);
        return at === -1 ? list : list.toSpliced(at, 1);
      };
      return {
        ...row,
        at: record.error ? row.at : rest(row.at),
        errorAt: record.error ? rest(row.errorAt) : row.errorAt,
      };
    }
    const push = (list: readonly number[]): number[] => [...list.slice(-(activityPoints - 1)), minute];
    const ticks = { at: record.error ? row.at : push(row.at), errorAt: record.error ? push(row.errorAt) : row.errorAt };
    const isIn = this.#ahead.some(
      ({ question, participant, rev: upTo }) =>
        rev <= upTo && question === record.question && (participant === null || participant === record.participant),
    );
    if (isIn) return { ...row, ...ticks };
    const cells = new Map(row.cells);
    cells.set(record.question, withRecord(row.cells.get(record.question), record, madeAt, rev));
    return { ...row, cells, ...ticks };
  }

  #statusOf(row: Row): RowStatus {
    return statusesOf(this.questions, row.cells, this.activityOf(row.participant.id));
  }
  #statusesIn(row: Row): Row {
    return { ...row, ...this.#statusOf(row) };
  }

  #countMembers(): void {
    this.members = [...this.rows.values()]
      .filter((row) => isMember(row.participant))
      .sort((a, b) => a.joinedAt - b.joinedAt || (a.participant.id < b.participant.id ? -1 : 1))
      .map((row) => row.participant.id);
    this.opened = this.members.filter((id) => this.rows.get(id)?.participant.openedAt !== null).length;
  }

  get #folds(): readonly Fold[] {
    return foldsOf(this.questions);
  }
  #countAll(): void {
    const tallies = this.questions.map((): Tally => ({ ...noTally }));
    const folds = this.#folds;
    const foldTallies = folds.map((): FoldTally => ({ ...noFoldTally }));
    for (const row of this.rows.values()) {
      if (!isMember(row.participant)) continue;
      addTo(tallies, row, 1);
      addToFolds(foldTallies, folds, row, 1);
    }
    this.tallies = tallies;
    this.foldTallies = foldTallies;
  }

  #recount(changed: ReadonlySet<string>, membersChanged: boolean): void {
    const folds = this.#folds;
    const tallies = this.tallies.map((tally) => ({ ...tally }));
    const foldTallies = this.foldTallies.map((tally) => ({ ...tally }));
    for (const id of changed) {
      const row = this.rows.get(id);
      if (!row) continue;
      const next = this.#statusesIn(row);
      if (isMember(row.participant) && !membersChanged) {
        addTo(tallies, row, -1);
        addTo(tallies, next, 1);
        addToFolds(foldTallies, folds, row, -1);
        addToFolds(foldTallies, folds, next, 1);
      }
      this.rows.set(id, next);
    }
    if (membersChanged) this.#countAll();
    else {
      this.tallies = withUnchanged(tallies, this.tallies);
      this.foldTallies = withUnchanged(foldTallies, this.foldTallies);
    }
  }
}

const activityOf = ({ what, question, error, madeAt }: ActivityChange): Activity => ({
  what,
  question,
  error,
  at: Date.parse(madeAt),
});
