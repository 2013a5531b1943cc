/**
 * "saved" beside a cell, while it still runs. Drawn by the page below the cell's input: never an output, never in the
 * file. It appears with the first record of an execution and goes when the cell is run again or edited away.
 *
 * States of one record's mark: `sending` (shown only when it lasts) → `saved` at an instant, `queued` while the server
 * is away, `refused` with a reason, `kept` when the lab is closed or deleted, or sending is off.
 */
import type { Cell } from '@jupyterlab/cells';
import type { Notebook } from '@jupyterlab/notebook';
import type { BatchReply } from '@nbpulse/schema/wire';
import type { Clock } from './clock.js';
import { hourMinuteSecond } from './clock.js';
import type { ArrivedRecords } from './custodian.js';
import { iconSvg } from './panel/icon-paths.js';

/** Answers within this time go straight to "saved"; nobody needs to read "sending". */
const sendingPatienceMs = 600;

type Mark =
  | { kind: 'sending' }
  | { kind: 'queued' }
  | { kind: 'saved'; at: number }
  | { kind: 'kept'; why: string }
  | { kind: 'by-kernel' }
  | { kind: 'off' }
  | { kind: 'refused'; message: string };

interface CellState {
  /** The execute request whose records these are: the next run starts anew. */
  execution: string;
  /** Question → its latest record and what became of it. */
  questions: Map<string, { stream: string; seq: number; mark: Mark }>;
}

/** Finds which cell an execute request ran. */
export class Executions {
  private readonly cells = new Map<string, string>();

  note(messageId: string, cellId: string): void {
    this.cells.set(messageId, cellId);
    // Only recent executions can still send; this bounds a week-long session.
    if (this.cells.size > 2_000) this.cells.delete(this.cells.keys().next().value ?? '');
  }
  cellOf(messageId: string): string | null {
    return this.cells.get(messageId) ?? null;
  }
}

export class CellMarks {
  private readonly states = new Map<string, CellState>();

  constructor(
    private readonly notebook: Notebook,
    private readonly clock: Clock,
    private readonly executions: Executions,
    /** How many records wait on this computer now, and whether the server is away. */
    private readonly uplink: () => { waiting: number; isOffline: boolean; isByKernel?: boolean },
  ) {}

  /** A cell is run: what stood beside it is of the run before. */
  start(cellId: string, execution: string): void {
    this.states.set(cellId, { execution, questions: new Map() });
    this.draw(cellId);
  }

  arrive(records: ArrivedRecords): void {
    const touched = new Set<string>();
    for (const event of records.events) {
      const cellId = event.cell ?? this.executions.cellOf(records.parentId);
      if (event.kind !== 'record' || cellId === null) continue;
      const state = this.stateOf(cellId);
      const key = event.question ?? '';
      const known = state.questions.get(key);
      if (known && (known.stream !== records.stream ? false : known.seq >= event.seq)) continue;
      state.questions.set(key, { stream: records.stream, seq: event.seq, mark: { kind: 'sending' } });
      touched.add(cellId);
    }
    for (const cellId of touched) {
      this.draw(cellId);
      this.clock.after(sendingPatienceMs, () => this.draw(cellId, true));
    }
  }

  /** A cell that sends ran while sending was off: the kernel took nothing. */
  passOver(cellId: string, question: string): void {
    const state = this.stateOf(cellId);
    if (state.questions.has(question)) return;
    state.questions.set(question, { stream: '', seq: 0, mark: { kind: 'off' } });
    this.draw(cellId);
  }

  answer(reply: Pick<BatchReply, 'stream' | 'saved' | 'refused'>): void {
    const saved = new Set(reply.saved);
    const refused = new Map(reply.refused.map((refusal) => [refusal.seq, refusal]));
    for (const [cellId, state] of this.states) {
      let isTouched = false;
      for (const item of state.questions.values()) {
        if (item.stream !== reply.stream) continue;
        const refusal = refused.get(item.seq);
        if (saved.has(item.seq)) item.mark = { kind: 'saved', at: this.clock.now() };
        else if (refusal) {
          item.mark = markOf(refusal);
        } else continue;
        isTouched = true;
      }
      if (isTouched) this.draw(cellId);
    }
  }

  /** The connection changed: what was under way is queued now, or the other way round. */
  redraw(): void {
    for (const cellId of this.states.keys()) this.draw(cellId, true);
  }

  dispose(): void {
    for (const cellId of this.states.keys()) this.nodeOf(cellId)?.remove();
    this.states.clear();
  }

  private stateOf(cellId: string): CellState {
    const state = this.states.get(cellId) ?? { execution: '', questions: new Map() };
    this.states.set(cellId, state);
    return state;
  }

  private cell(cellId: string): Cell | null {
    return this.notebook.widgets.find((cell) => cell.model.id === cellId) ?? null;
  }
  private nodeOf(cellId: string): HTMLElement | null {
    return this.cell(cellId)?.node.querySelector<HTMLElement>(':scope > .nbp-CellMark') ?? null;
  }

  private draw(cellId: string, isLate = false): void {
    const cell = this.cell(cellId);
    const state = this.states.get(cellId);
    if (!cell || !state) {
      this.states.delete(cellId);
      return;
    }
    const { waiting, isOffline, isByKernel } = this.uplink();
    const entries = [...state.questions].flatMap(([question, { mark }]): { question: string; mark: Mark }[] => {
      if (mark.kind !== 'sending') return [{ question, mark }];
      if (isByKernel) return [{ question, mark: { kind: 'by-kernel' } }];
      if (isOffline) return [{ question, mark: { kind: 'queued' } }];
      return isLate ? [{ question, mark }] : [];
    });
    const old = this.nodeOf(cellId);
    if (entries.length === 0) {
      // Between two records of a loop its place stays, so that the notebook does not jump; a new run begins without one.
      if (state.questions.size > 0) old?.replaceChildren();
      else old?.remove();
      return;
    }
    const node = old ?? document.createElement('div');
    node.className = 'nbp-CellMark';
    const next = phrases(entries, waiting);
    node.replaceChildren(...next.map(phraseNode));
    if (!old) {
      const input = cell.node.querySelector(':scope > .jp-Cell-inputWrapper');
      if (input) input.after(node);
      else cell.node.append(node);
    }
  }
}

function markOf({ code, message }: BatchReply['refused'][number]): Mark {
  switch (code) {
    case 'lab-closed':
      return { kind: 'kept', why: 'the lab is closed' };
    case 'lab-deleted':
      return { kind: 'kept', why: 'the lab was deleted' };
    case 'sending-off':
      return { kind: 'kept', why: 'sending is off' };
    default:
      return { kind: 'refused', message };
  }
}

interface Phrase {
  kind: Mark['kind'];
  questions: string[];
  words: string;
}

/** One phrase per kind: "1, 2 saved 14:02:31"; "3a queued, 3 waiting". */
export function phrases(entries: { question: string; mark: Mark }[], waiting: number): Phrase[] {
  const byKind = new Map<string, Phrase>();
  for (const { question, mark } of entries) {
    const key = wordsOf(mark, waiting);
    const phrase = byKind.get(key) ?? { kind: mark.kind, questions: [], words: '' };
    phrase.questions.push(question);
    phrase.words = wordsOf(mark, waiting);
    byKind.set(key, phrase);
  }
  return [...byKind.values()];
}

function wordsOf(mark: Mark, waiting: number): string {
  switch (mark.kind) {
    case 'saved':
      return `saved ${hourMinuteSecond(mark.at)}`;
    case 'sending':
      return 'sending';
    case 'queued':
      return `queued, ${waiting} waiting`;
    case 'by-kernel':
      return 'goes out by the kernel';
    case 'off':
      return 'not sent: sending is off';
    case 'kept':
      return `kept here: ${mark.why}`;
    case 'refused':
      return `not taken: ${mark.message}`;
  }
}

function phraseNode(phrase: Phrase): HTMLElement {
  const node = document.createElement('span');
  node.dataset['kind'] = phrase.kind;
  const icon = {
    saved: 'check',
    sending: 'clock',
    queued: 'clock',
    kept: 'clock',
    'by-kernel': 'up',
    off: 'cross',
    refused: 'cross',
  } as const;
  node.innerHTML = iconSvg(icon[phrase.kind]);
  const questions = document.createElement('b');
  questions.textContent =
    phrase.questions.length > 6 ? `${phrase.questions.length} questions` : phrase.questions.join(', ');
  node.append(questions, ` ${phrase.words}`);
  return node;
}
