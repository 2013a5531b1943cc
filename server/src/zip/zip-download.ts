/**
 * A zip that is made while it is read. Nothing of it lies in memory whole but one file or one page of rows at a time, and nothing is
 * held in the database while a slow reader downloads. A reader that goes away ends it; a fault breaks the download off, so that nobody
 * takes half of it for the whole.
 */
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { ZipFile } from 'yazl';
import type { Blobs } from '../blobs/index.js';
import { databaseFault } from '../database/index.js';
import { reportFault } from '../http/index.js';
import { attachment } from './file-names.js';

export type Chunks = Iterable<Uint8Array | string> | AsyncIterable<Uint8Array | string>;

export interface ZipDownload {
  addText(path: string, text: string): void;
  /** A file whose content is read when its turn comes. */
  add(path: string, read: () => Promise<Chunks>, options?: { compress?: boolean }): void;
  /** No more files come. The response streams what was added. */
  end(): Response;
}

/** `what`: for the log of a fault, such as `making an archive`. */
export function zipDownload(fileName: string, what: string): ZipDownload {
  const zip = new ZipFile();
  const out = Readable.from(zip.outputStream);
  zip.on('error', (error: unknown) => {
    if (databaseFault(error) !== 'away') reportFault(error, what);
    out.destroy(error instanceof Error ? error : new Error('a zip broke off'));
  });
  let current: Readable | null = null;
  // Else what it reads from would wait for ever for somebody to read on.
  out.once('close', () => current?.destroy());
  return {
    addText: (path, text) => zip.addBuffer(Buffer.from(text), path),
    add(path, read, options = {}) {
      zip.addReadStreamLazy(path, options, (give) => {
        read().then(
          (chunks) => {
            current = Readable.from(chunks, { objectMode: false });
            give(null, current);
          },
          (error: unknown) => zip.emit('error', error),
        );
      });
    },
    end() {
      zip.end();
      return new Response(Readable.toWeb(out) as ReadableStream<Uint8Array> as BodyInit, {
        headers: { 'content-type': 'application/zip', 'content-disposition': attachment(fileName) },
      });
    },
  };
}

/** The content of a blob; empty when it is gone. */
export const blobChunks = async (blobs: Blobs, sha256: string): Promise<Uint8Array[]> => {
  const bytes = await blobs.get(sha256);
  return bytes ? [bytes] : [];
};
