/**
 * Renumbers the `send` lines of a notebook in cell order: the rules of `extension/nbpulse/command/number.py`, which
 * `schema/fixtures/number.json` shows by example.
 */
import { findCalls, type Call } from './calls.js';

/** A key before and after. */
export interface KeyChange {
  /** Position of the cell in the notebook, counted from 0; all cells count. */
  cell: number;
  /** Line in the cell, counted from 1. */
  line: number;
  before: string;
  after: string;
}
/** A call that stays as it is, and why. */
export interface KeyLeft {
  cell: number;
  line: number;
  key: string;
  why: NonNullable<Call['why']>;
}
export interface NumberPlan {
  changes: KeyChange[];
  left: KeyLeft[];
  /** The new source of each cell that changes. */
  sources: Map<number, string>;
}

/** @param cells the source of each cell, null for one that is not code */
export function planNumbers(cells: (string | null)[]): NumberPlan {
  const plan: NumberPlan = { changes: [], left: [], sources: new Map() };
  const numbers = new Map<string, string>();
  cells.forEach((source, cell) => {
    if (source === null) return;
    const edits: { start: number; end: number; digits: string }[] = [];
    for (const call of findCalls(source)) {
      const line = source.slice(0, call.at).split('\n').length;
      const { key, number, why } = call;
      if (!number) {
        plan.left.push({ cell, line, key, why: why ?? 'computed' });
        continue;
      }
      const { start, end } = number;
      const old = source.slice(start, end);
      const digits = numbers.get(old) ?? String(numbers.size + 1);
      numbers.set(old, digits);
      if (digits === old) continue;
      edits.push({ start, end, digits });
      const at = start - call.at;
      plan.changes.push({ cell, line, before: key, after: key.slice(0, at) + digits + key.slice(at + old.length) });
    }
    if (edits.length === 0) return;
    // Backwards, so that what stands before keeps its place; nested calls are found in the order of their names.
    edits.sort((a, b) => b.start - a.start);
    const next = edits.reduce(
      (text, { start, end, digits }) => text.slice(0, start) + digits + text.slice(end),
      source,
    );
    plan.sources.set(cell, next);
  });
  return plan;
}
