/** Hiding, deleting and showing again: at once, with Undo where it can be undone. */
import { useCallback } from 'react';
import type { RecordsRow, RemovalWanted } from '@nbpulse/schema/wire';
import { count } from '../shell/time.js';
import { useToast } from '../shell/toast.js';
import { removeRecords, showRecords, undoRemoval } from './records-api.js';
import type { RecordsFeed } from './records-feed.js';

type Which = RemovalWanted['which'];
interface Part {
  lab: string;
  which: Which;
}

/** Rows of several labs are one request each. */
export function partsOf(rows: readonly RecordsRow[]): Part[] {
  const labs = new Map<string, string[]>();
  for (const { lab, record } of rows) labs.set(lab.id, [...(labs.get(lab.id) ?? []), record.id]);
  return [...labs].map(([lab, ids]) => ({ lab, which: { ids } }));
}

export function useRemoval(feed: RecordsFeed): {
  remove: (how: 'hide' | 'delete', parts: Part[], taken: ReadonlySet<string>, whose?: string) => Promise<void>;
  show: (parts: Part[], taken: ReadonlySet<string>) => Promise<void>;
} {
  const toast = useToast();
  const remove = useCallback(
    async (how: 'hide' | 'delete', parts: Part[], taken: ReadonlySet<string>, whose?: string) => {
      feed.remove(taken);
      const done: { lab: string; id: string; records: number }[] = [];
      for (const { lab, which } of parts) {
        const answer = await removeRecords(lab, { how, which });
        if (!answer.ok) {
          // A refusal puts the old state back and says why.
          await feed.load();
          toast({ words: answer.failure.message, wrong: true });
          break;
        }
        done.push({ lab, id: answer.value.id, records: answer.value.records });
      }
      if (done.length === 0) return;
      const records = done.reduce((sum, one) => sum + one.records, 0);
      const verb = how === 'hide' ? 'hidden' : 'deleted';
      toast({
        words: `${count(records, 'record')}${whose === undefined ? '' : ` of ${whose}`} ${records === 1 ? 'is' : 'are'} ${verb}.`,
        undo: () => {
          void Promise.all(done.map((one) => undoRemoval(one.lab, one.id))).then(async (answers) => {
            await feed.load();
            const failed = answers.find((answer) => !answer.ok);
            if (failed?.ok === false) toast({ words: failed.failure.message, wrong: true });
          });
        },
      });
    },
    [feed, toast],
  );
  const show = useCallback(
    async (parts: Part[], taken: ReadonlySet<string>) => {
      feed.remove(taken);
      let shown = 0;
      for (const { lab, which } of parts) {
        const answer = await showRecords(lab, which);
        if (!answer.ok) {
          await feed.load();
          toast({ words: answer.failure.message, wrong: true });
          return;
        }
        shown += answer.value.records;
      }
      toast({ words: `${count(shown, 'record')} ${shown === 1 ? 'is' : 'are'} shown again.` });
    },
    [feed, toast],
  );
  return { remove, show };
}
