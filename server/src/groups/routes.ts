import { z } from 'zod';
import {
  groupEdit,
  groupEdited,
  knownMistakes,
  mistakeForgotten,
  questionGroups,
  questionKey,
} from '@nbpulse/schema/wire';
import { defineRoute, type Route } from '../http/index.js';
import { editGroups, forgetMistake, readGroups, recallMistake, type GroupDeps } from './groups.js';
import { mistakeRows, mistakeView } from './stored.js';

const tag = 'groups';
const params = z.object({ lab: z.uuid(), key: questionKey });

export function groupRoutes(deps: GroupDeps): Route[] {
  return [
    defineRoute(
      {
        method: 'get',
        path: '/labs/{lab}/questions/{key}/groups',
        access: 'assistant',
        tag,
        summary:
          'Equal and near-equal answers to a question, together; named where staff or a known mistake named them',
        params,
        reply: questionGroups,
      },
      ({ params: { lab, key } }) => readGroups(deps, lab, key),
    ),
    defineRoute(
      {
        method: 'post',
        path: '/labs/{lab}/questions/{key}/groups',
        access: 'assistant',
        tag,
        summary:
          'Merge, split or name groups, put one back as it was, or undo; keeping a known mistake needs a teacher',
        params,
        body: groupEdit,
        maxBytes: 512 * 1024,
        reply: groupEdited,
      },
      ({ params: { lab, key }, body, caller }) =>
        editGroups(
          deps,
          lab,
          key,
          body,
          caller.kind === 'staff' && (caller.role === 'teacher' || caller.role === 'owner'),
        ),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/courses/{course}/mistakes',
        access: 'assistant',
        tag,
        summary: 'The known mistakes of a course, with their hints',
        params: z.object({ course: z.uuid() }),
        reply: knownMistakes,
      },
      async ({ params: { course } }) => ({ mistakes: (await mistakeRows(deps.db, course)).map(mistakeView) }),
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/courses/{course}/mistakes/{mistake}',
        access: 'teacher',
        tag,
        summary: 'Forget a known mistake: its groups lose its name and hint',
        params: z.object({ course: z.uuid(), mistake: z.uuid() }),
        reply: mistakeForgotten,
      },
      ({ params: { course, mistake } }) => forgetMistake(deps, course, mistake),
    ),
    defineRoute(
      {
        method: 'post',
        path: '/courses/{course}/mistakes/recall',
        access: 'teacher',
        tag,
        summary: 'Undo the forgetting of a known mistake, within some minutes',
        params: z.object({ course: z.uuid() }),
        body: mistakeForgotten,
      },
      ({ params: { course }, body }) => recallMistake(deps, course, body.undo),
    ),
  ];
}
