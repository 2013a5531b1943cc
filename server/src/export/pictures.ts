/** The pictures that a lab's records hold, each with the name of its file: `pictures/Ada Lovelace/3 2026-11-21T10-00-00.png`. */
import { sql } from 'drizzle-orm';
import type { Database } from '../database/index.js';
import { fileTime, pictureEnding, safeName, uniqueNames } from '../zip/index.js';
import type { ExportWanted } from './records.js';

export interface Picture {
  record: string;
  sha256: string;
  file: string;
}

export async function exportedPictures(db: Database, wanted: ExportWanted): Promise<Picture[]> {
  const rows = await db.execute<{
    record: string;
    participant: string;
    question: string;
    at: string;
    sha256: string;
    mime: string;
  }>(sql`
    select event.id as record, participant_id as participant, question_key as question, to_json(made_at) #>> '{}' as at,
      image ->> 'sha256' as sha256, image ->> 'mime' as mime
    from event, jsonb_path_query(body, 'strict $.** ? (@.t == "image")') as image
    where lab_id = ${wanted.labId} and kind = 'record' and deleted_at is null and hidden_at is null
      and exists (select 1 from blob_use where owner_kind = 'event' and owner_id = event.id)
      ${wanted.question === undefined ? sql`` : sql`and question_key = ${wanted.question}`}
      ${wanted.participant === undefined ? sql`` : sql`and participant_id = ${wanted.participant}::uuid`}
    order by made_at, event.id`);
  const folderName = uniqueNames();
  const folders = new Map(wanted.students.map(({ id, name }) => [id, folderName(safeName(name, 'student'))]));
  const fileName = uniqueNames();
  return rows.flatMap(({ record, participant, question, at, sha256, mime }) => {
    const folder = folders.get(participant);
    if (folder === undefined) return [];
    const name = fileName(
      `pictures/${folder}/${safeName(question, 'question')} ${fileTime(new Date(at).toISOString())}`,
    );
    return [{ record, sha256, file: `${name}.${pictureEnding(mime)}` }];
  });
}
