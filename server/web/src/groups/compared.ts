/** What a group's code is compared with, besides other groups: the template's code, and what the same student sent before. */
import { useEffect, useState } from 'react';
import { decodeText, templateAnswer, type RecordView, type Value } from '@nbpulse/schema/wire';
import { request } from '../api/request.js';
import { useLab, useModel } from '../class/lab-context.js';
import { readRecordsTable } from '../records/records-api.js';

export const sourceOf = (value: Value | null | undefined): string | null =>
  value?.t === 'code' ? decodeText(value.src) : null;

/** The last run of the template; null when the lab has none that ended. */
export type Template = { source: string | null } | null;

const at = encodeURIComponent;

export function useTemplate(question: string): Template {
  const { session } = useLab();
  const run = useModel((model) =>
    model.notebookRuns.find(({ kind, state }) => kind === 'template' && state === 'done'),
  );
  const asked = run ? `${run.id} ${question}` : null;
  const [got, setGot] = useState<{ asked: string; source: string | null } | null>(null);
  useEffect(() => {
    if (asked === null) return;
    const abort = new AbortController();
    request(`labs/${at(session.lab)}/questions/${at(question)}/template`, templateAnswer, { signal: abort.signal })
      .then((answer) => {
        if (answer.ok) setGot({ asked, source: sourceOf(answer.value.value) });
      })
      .catch(() => undefined); // aborted: the page has moved on
    return () => abort.abort();
  }, [session, question, asked]);
  return got !== null && got.asked === asked ? { source: got.source } : null;
}

/** Of one student and question; more than these lie too far back to be compared with. */
const recordsBefore = 50;

/** The code that this record's student sent before it and that differs; null when there is none, or it is not known yet. */
export function usePrevious(record: RecordView | null): RecordView | null {
  const { session } = useLab();
  const course = useModel((model) => model.lab.course);
  const [got, setGot] = useState<{ of: string; previous: RecordView | null } | null>(null);
  const of = record?.id ?? null;
  useEffect(() => {
    if (record === null) return;
    const abort = new AbortController();
    const query = { lab: session.lab, question: record.question, participant: record.participant };
    readRecordsTable(course, query, { limit: recordsBefore }, abort.signal)
      .then((answer) => {
        if (!answer.ok) return;
        const rows = answer.value.rows.map((row) => row.record);
        const own = rows.findIndex(({ id }) => id === record.id);
        const before = own < 0 ? [] : rows.slice(own + 1);
        const previous = before.find((one) => one.tag === 'code' && !one.deleted && one.hash !== record.hash);
        setGot({ of: record.id, previous: previous ?? null });
      })
      .catch(() => undefined); // aborted: the page has moved on
    return () => abort.abort();
  }, [session, course, record]);
  return got !== null && got.of === of ? got.previous : null;
}
