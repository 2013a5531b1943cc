import { z } from 'zod';
import { erasePreview as erasePreviewSchema, minute, participantErase, participantErased } from '@nbpulse/schema/wire';
import { defineRoute, type Route } from '../http/index.js';
import { erasePerson, erasePreview, type ErasePersonDeps } from './erase-person.js';

const tag = 'people';
const params = z.object({ lab: z.uuid(), participant: z.uuid() });
const path = '/labs/{lab}/participants/{participant}/erase';

export function retentionRoutes(deps: ErasePersonDeps): Route[] {
  return [
    defineRoute(
      {
        method: 'get',
        path,
        access: 'teacher',
        tag,
        summary: 'Whom erasing this person would take: the participants of this name in all labs of the course',
        params,
        reply: erasePreviewSchema,
      },
      ({ params: { lab, participant } }) => erasePreview(deps.db, lab, participant),
    ),
    defineRoute(
      {
        method: 'post',
        path,
        access: 'teacher',
        tag,
        summary:
          'Erase a person in every lab of the course: records, notebooks, submissions, grades, devices, names; the name is typed again',
        params,
        body: participantErase,
        reply: participantErased,
        // Thousands of records go in batches.
        deadlineMs: 1 * minute,
      },
      ({ params: { lab, participant }, body }) => erasePerson(deps, lab, participant, body),
    ),
  ];
}
