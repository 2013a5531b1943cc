/**
 * Expected answers over HTTP. What pages rely on: after a `PUT` or `DELETE` the log carries the question with a higher `judgedRev`, and
 * nothing about its records. Whoever holds verdicts of that question reads them again: the grid's column by
 * `GET /labs/{lab}/cells?question=`, a list of records by `GET /labs/{lab}/questions/{key}/records`; both are of that revision or later.
 */
import { z } from 'zod';
import {
  expectedJudged,
  expectedPreview,
  expectedWanted,
  KiB,
  questionKey,
  second,
  type ExpectedSetting,
} from '@nbpulse/schema/wire';
import { defineRoute, ProblemReply, type Route } from '../http/index.js';
import { previewExpected } from './preview.js';
import { setExpected, type ExpectedDeps, type ExpectedSet } from './set-expected.js';

const tag = 'expected answers';
const params = z.object({ lab: z.uuid(), key: questionKey });
/** A little more than the longest expected answer, which is refused with better words. */
const maxBytes = 128 * KiB;
/** Thousands of long answers take a while to judge. */
const deadlineMs = 30 * second;

export function expectedRoutes(deps: ExpectedDeps): Route[] {
  const set = async (
    lab: string,
    key: string,
    setting: ExpectedSetting | null,
  ): Promise<ExpectedSet | ProblemReply> => {
    const done = await setExpected(deps, lab, new Map([[key, setting]]));
    if (done instanceof ProblemReply) return done;
    const result = done.get(key);
    if (!result) throw new Error('a question that was set has no result');
    return result;
  };
  return [
    defineRoute(
      {
        method: 'post',
        path: '/labs/{lab}/questions/{key}/expected/preview',
        access: 'assistant',
        tag,
        summary: 'How an expected answer would judge everything already sent; nothing is set',
        params,
        body: expectedWanted,
        maxBytes,
        deadlineMs,
        reply: expectedPreview,
      },
      async ({ params: { lab, key }, body }) => previewExpected(deps.db, lab, key, body.answer),
    ),
    defineRoute(
      {
        method: 'put',
        path: '/labs/{lab}/questions/{key}/expected',
        access: 'teacher',
        tag,
        summary:
          'Set the expected answer of a question and judge everything already sent; declares a question that is new',
        params,
        body: expectedWanted,
        maxBytes,
        deadlineMs,
        reply: expectedJudged,
      },
      async ({ params: { lab, key }, body, caller }) => {
        const setBy = caller.kind === 'staff' ? caller.name : null;
        return set(lab, key, { answer: body.answer, from: body.from, setBy, setAt: new Date().toISOString() });
      },
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/labs/{lab}/questions/{key}/expected',
        access: 'teacher',
        tag,
        summary: 'Expect nothing of a question any more',
        params,
        deadlineMs,
        reply: expectedJudged,
      },
      async ({ params: { lab, key } }) => set(lab, key, null),
    ),
  ];
}
