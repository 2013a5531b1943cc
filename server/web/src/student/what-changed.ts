/** What changed between records of one question that were sent one after the other, in few words or lines. */
import { decodeText, type RecordView, type Value } from '@nbpulse/schema/wire';
import { lineDifference, type LineDifference } from '../notebook/line-difference.js';

export type WhatChanged =
  | { kind: 'same' }
  /** Short values, one after the other. */
  | { kind: 'values'; from: string; to: string }
  | { kind: 'lines'; difference: LineDifference }
  /** One of them is no text: a picture and a number, a table. */
  | { kind: 'other' };

const shortChars = 40;
const mostChars = 20_000;
const shortTags = new Set(['none', 'bool', 'int', 'float', 'complex', 'datetime', 'date', 'time', 'timedelta', 'str']);

/** The text of a value that has lines to compare. */
function textOf(value: Value | null): string | null {
  const text = value?.t === 'code' ? value.src : value?.t === 'str' ? value : value?.t === 'repr' ? value.text : null;
  return text && decodeText(text).replace(/\n+$/, '');
}

/** One line that says the whole of it. */
export const isShort = (record: RecordView): boolean =>
  !record.error &&
  [...record.summary].length <= shortChars &&
  (shortTags.has(record.tag ?? '') || (record.value?.t === 'array' && record.value.shape.length <= 1));

export function whatChanged(before: RecordView, after: RecordView): WhatChanged {
  if (before.hash === after.hash && before.hash !== '') return { kind: 'same' };
  if (isShort(before) && isShort(after)) return { kind: 'values', from: before.summary, to: after.summary };
  const [old, now] = [textOf(before.value), textOf(after.value)];
  if (old === null || now === null || before.tag !== after.tag || old.length + now.length > mostChars)
    return { kind: 'other' };
  return { kind: 'lines', difference: lineDifference(old, now) };
}

/** `IndexError` of `IndexError: index 4 is out of bounds`. */
export const errorName = (summary: string): string => summary.split(':', 1)[0] ?? summary;
