/** The lab's state. The first who reads it gets what was asked for as the program started; whoever reads it again asks again. */
import {
  idChars,
  labState,
  labStateColumns,
  readColumns,
  type CellColumns,
  type LabStateColumns,
} from '@nbpulse/schema/wire';
import { z } from 'zod';
import { request, type Answer } from '../api/request.js';
import { statePath, takeEarlyState } from './early-state.js';

export type StateRead = ReturnType<typeof readColumns>;

/** Checked entry by entry by its shape, a class's grid would take longer than to draw it: here one loop goes over each column. */
const columns = z.custom<CellColumns>((given) => isColumns(given));
const activity = z.custom<number[][]>(
  (given) => Array.isArray(given) && given.every((ticks) => Array.isArray(ticks) && ticks.every(Number.isInteger)),
);
const shape: z.ZodType<LabStateColumns> = labState
  .omit({ cells: true, activity: true })
  .extend({ cells: columns, activity });

/** Every column is there, as long as the others and of numbers, or of texts. */
export function isColumns(given: unknown): boolean {
  if (typeof given !== 'object' || given === null) return false;
  const { id, summary, hash, ...numbers } = given as Record<string, unknown>;
  if (!Array.isArray(summary) || !Array.isArray(hash) || typeof id !== 'string') return false;
  const { length } = summary;
  if (hash.length !== length || id.length !== length * idChars) return false;
  if (!summary.every(isText) || !hash.every(isText)) return false;
  return Object.keys(labStateColumns.shape.cells.shape).every((name) => {
    if (name === 'id' || name === 'summary' || name === 'hash') return true;
    const column = numbers[name];
    return Array.isArray(column) && column.length === length && column.every(Number.isSafeInteger);
  });
}
const isText = (entry: unknown): boolean => typeof entry === 'string';

export async function readState(lab: string): Promise<Answer<StateRead>> {
  const answer = await request(statePath(lab), shape, { early: await takeEarlyState(lab) });
  return answer.ok ? { ok: true, value: readColumns(answer.value) } : answer;
}
