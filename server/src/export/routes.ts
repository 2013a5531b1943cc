/** Records and grid of a lab as files. Assistants may have them: there are no grades in them. */
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { course, lab } from '@nbpulse/schema/db';
import { questionKey } from '@nbpulse/schema/wire';
import type { Blobs } from '../blobs/index.js';
import { databaseFault, type Database } from '../database/index.js';
import { defineRoute, refuse, reportFault, type Route } from '../http/index.js';
import { attachment, blobChunks, safeName, zipDownload } from '../zip/index.js';
import { csv } from './csv.js';
import { exportedGrid, gridHeader, gridJson, gridRows } from './grid.js';
import { exportedPictures } from './pictures.js';
import { exportedRecords, recordsCells, recordsHeader, recordsJson, type ExportWanted } from './records.js';
import { studentsOf } from './students.js';

const files = ['records.csv', 'records.json', 'records.zip', 'grid.csv', 'grid.json'] as const;

export function exportRoutes({ db, blobs }: { db: Database; blobs: Blobs }): Route[] {
  return [
    defineRoute(
      {
        method: 'get',
        path: '/labs/{lab}/export/{file}',
        access: 'assistant',
        tag: 'export',
        summary: 'Records or grid of a lab as a file; hidden and deleted records are left out',
        params: z.object({ lab: z.uuid(), file: z.enum(files) }),
        query: z.object({
          question: questionKey.optional(),
          participant: z.uuid().optional(),
          /** Pseudonyms instead of names, the same as on the anonymised page; no ids. */
          anonymous: z.enum(['0', '1']).default('0'),
        }),
        replies: 'The file: CSV in UTF-8 with its mark, JSON, or a zip of both with the pictures',
        status: 200,
      },
      async ({ params, query }) => {
        const [about] = await db
          .select({ name: lab.name, course: course.name, timeZone: course.timeZone })
          .from(lab)
          .innerJoin(course, eq(course.id, lab.courseId))
          .where(eq(lab.id, params.lab));
        if (!about) return refuse(410, 'lab-deleted', 'This lab was deleted.');
        const anonymous = query.anonymous === '1';
        const students = await studentsOf(db, params.lab, anonymous);
        const wanted: ExportWanted = { labId: params.lab, students, ...query, anonymous };
        const exportedAt = new Date();
        const head = { lab: about.name, course: about.course, exportedAt: exportedAt.toISOString(), anonymous };
        const [what = '', ending = ''] = params.file.split('.');
        const day = exportedAt.toLocaleDateString('sv-SE', { timeZone: about.timeZone });
        const whose = anonymous ? ' anonymous' : '';
        const fileName = `${safeName(about.name, 'lab')} ${day} ${what}${whose}.${ending}`;
        const records = () => exportedRecords(db, wanted);
        switch (params.file) {
          case 'records.csv':
            return download(
              csv(recordsHeader(anonymous, false), recordsCells(records(), anonymous, null)),
              fileName,
              'text/csv; charset=utf-8',
            );
          case 'records.json':
            return download(Readable.from(recordsJson(head, records(), anonymous), { objectMode: false }), fileName);
          case 'grid.csv': {
            const grid = await exportedGrid(db, wanted);
            return download(
              csv(gridHeader(grid, anonymous), gridRows(grid, anonymous)),
              fileName,
              'text/csv; charset=utf-8',
            );
          }
          case 'grid.json':
            return download(
              Readable.from([gridJson(head, await exportedGrid(db, wanted), anonymous)], { objectMode: false }),
              fileName,
            );
          case 'records.zip': {
            const pictures = await exportedPictures(db, wanted);
            const of = new Map<string, string[]>();
            for (const { record, file } of pictures) of.set(record, [...(of.get(record) ?? []), file]);
            const zip = zipDownload(fileName, 'making an export');
            zip.add('records.csv', () =>
              Promise.resolve(
                csv(
                  recordsHeader(anonymous, true),
                  recordsCells(records(), anonymous, (record) => of.get(record) ?? []),
                ),
              ),
            );
            zip.add('records.json', () => Promise.resolve(recordsJson(head, records(), anonymous)));
            zip.add('grid.csv', async () => {
              const grid = await exportedGrid(db, wanted);
              return csv(gridHeader(grid, anonymous), gridRows(grid, anonymous));
            });
            for (const { sha256, file } of pictures) {
              zip.add(file, () => blobChunks(blobs, sha256), { compress: false });
            }
            return zip.end();
          }
          default:
            return params.file satisfies never;
        }
      },
    ),
  ];
}

/** A reader that goes away destroys the stream, and with it what it reads from. */
function download(content: Readable, fileName: string, type = 'application/json'): Response {
  content.on('error', (error) => {
    if (databaseFault(error) !== 'away') reportFault(error, 'making an export');
  });
  return new Response(Readable.toWeb(content) as ReadableStream<Uint8Array> as BodyInit, {
    headers: { 'content-type': type, 'content-disposition': attachment(fileName) },
  });
}
