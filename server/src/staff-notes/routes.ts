import { z } from 'zod';
import { staffNoteWanted, staffNoteWritten } from '@nbpulse/schema/wire';
import type { Database } from '../database/index.js';
import { defineRoute, type Route } from '../http/index.js';
import { writeNote } from './write-note.js';

export function staffNoteRoutes({ db }: { db: Database }): Route[] {
  return [
    defineRoute(
      {
        method: 'put',
        path: '/labs/{lab}/participants/{participant}/note',
        access: 'assistant',
        tag: 'people',
        summary:
          'Write the staff note about a participant; empty text removes it. 409 with the other’s note in `now` when somebody else wrote meanwhile',
        params: z.object({ lab: z.uuid(), participant: z.uuid() }),
        body: staffNoteWanted,
        reply: staffNoteWritten,
      },
      ({ params, body, caller }) => {
        if (caller.kind !== 'staff') throw new Error('the rule lets staff in only');
        return writeNote(db, { labId: params.lab, participantId: params.participant }, body, caller.name);
      },
    ),
  ];
}
