/** Values that travel without their content are fetched when they are needed, once. */
import { useEffect, useState } from 'react';
import type { RecordView, Value } from '@nbpulse/schema/wire';
import type { Failure } from '../api/request.js';
import { useValueSource, type ValueSource } from './value-source.js';

const fetched = new Map<string, Promise<Value | Failure | null>>();
const mostFetched = 500;

export function wholeValue(source: ValueSource, record: string): Promise<Value | Failure | null> {
  const known = fetched.get(record);
  if (known) return known;
  const asked = source.readRecord(record).then((answer) => {
    if (answer.ok) return answer.value.value;
    fetched.delete(record);
    return answer.failure;
  });
  if (fetched.size >= mostFetched) fetched.delete(fetched.keys().next().value ?? '');
  fetched.set(record, asked);
  return asked;
}

/** The record's value, asked for when it is not with it; null until it is there, or when it cannot be had. */
export function useWholeValue(lab: string, record: RecordView | null): Value | null {
  const source = useValueSource(lab);
  const [got, setGot] = useState<{ id: string; value: Value } | null>(null);
  const missing = record !== null && record.value === null && !record.deleted ? record.id : null;
  useEffect(() => {
    if (missing === null) return;
    let wanted = true;
    void wholeValue(source, missing).then((value) => {
      if (wanted && value !== null && 't' in value) setGot({ id: missing, value });
    });
    return () => {
      wanted = false;
    };
  }, [source, missing]);
  return record?.value ?? (got && got.id === missing ? got.value : null);
}
