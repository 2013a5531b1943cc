/** Failed tests of many runs, those that failed alike together. What a report says of a failure is cut in the database. */
import { inArray, sql } from 'drizzle-orm';
import { testStatus } from '@nbpulse/schema/wire';
import { run } from '@nbpulse/schema/db';
import { z } from 'zod';
import type { Queryable } from '../database/index.js';

export interface AlikeFailures {
  test: string;
  visible: boolean;
  status: z.infer<typeof testStatus>;
  what: string;
  runs: string[];
}

const mostChars = 240;
/** pytest's own lines about an error begin with `E`; the first of them say what it was. */
const told = sql<string>`coalesce(
  substring(test ->> 'staffMessage' from '(?:^|\n)(E [^\n]*(?:\nE [^\n]*){0,5})'),
  left(coalesce(test ->> 'message', test ->> 'staffMessage', ''), 500))`;
const rows = z.array(
  z.object({ test: z.string(), visible: z.boolean(), status: testStatus, told: z.string(), runs: z.array(z.uuid()) }),
);

export async function failuresAlike(db: Queryable, runIds: string[]): Promise<AlikeFailures[]> {
  if (runIds.length === 0) return [];
  const found = rows.parse(
    await db
      .select({
        test: sql`test ->> 'name'`,
        visible: sql`(test ->> 'visible')::boolean`,
        status: sql`test ->> 'status'`,
        told,
        runs: sql`array_agg(${run.id} order by ${run.endedAt})`,
      })
      .from(run)
      .innerJoin(sql`jsonb_array_elements(${run.report} -> 'tests') as test`, sql`test ->> 'status' <> 'passed'`)
      .where(inArray(run.id, runIds))
      .groupBy(sql`1, 2, 3, 4`),
  );
  const alike = new Map<string, AlikeFailures>();
  for (const { test, visible, status, told: words, runs } of found) {
    const what = normalised(words);
    const key = JSON.stringify([test, status, what]);
    const group = alike.get(key);
    if (group) group.runs.push(...runs);
    else alike.set(key, { test, visible, status, what, runs: [...runs] });
  }
  return [...alike.values()];
}

/** Without what differs from run to run: addresses, paths, blanks. @example normalised('E   assert 6 == 4') // 'assert 6 == 4' */
export function normalised(words: string): string {
  const text = words
    .replace(/(^|\n)E {1,8}/g, '$1')
    .replace(/<(?:function|class|bound method) '?([\w.<>]+?)'?(?: of [^>]*>?)?(?: at 0x[0-9a-f]+)?>/g, '$1')
    .replace(/ at 0x[0-9a-f]+/g, '')
    .replace(/\bnbpulse_harness(?:\.\w+)+: /g, '')
    .replace(/Omitting \d+ identical items?, use -vv? to show|Use -vv? to (?:get more diff|show)/g, '')
    .replace(/(?:\/[\w.-]+){2,}\/?/g, '…')
    .replace(/\s+/g, ' ')
    .trim();
  return text.length <= mostChars ? text : `${text.slice(0, mostChars - 1)}…`;
}
