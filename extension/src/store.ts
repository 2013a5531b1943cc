/**
 * What this browser keeps: identities with their tokens, copies of records, uploads on their way, and which lab a
 * notebook without metadata was joined to. One IndexedDB database of this Jupyter's origin; every write is awaited with
 * `durability: 'strict'`, so what was promised survives a crash of the machine.
 */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { SendingChoice } from './sending.js';

export interface Identity {
  /** Base address of the server that gave the token; the token is sent nowhere else. */
  server: string;
  lab: string;
  labName: string;
  participant: string;
  name: string;
  token: string;
  returnCode: string;
  joinCode: string;
  /** The switch "Send to my teacher"; absent: never touched, on. */
  sending?: SendingChoice | undefined;
  /** The student has read that this lab collects passive activity. */
  isActivityTold?: boolean | undefined;
}

export interface KeptRecord {
  stream: string;
  seq: number;
  participant: string;
  event: unknown;
}

export interface Upload {
  id: string;
  participant: string;
  kind: 'checkpoint' | 'submission';
  /** Slug, for a submission. */
  assignment: string | null;
  path: string;
  bytes: Uint8Array;
  sha256: string;
  /** ISO instant; a submission made offline counts from then, as shown. */
  madeAt: string;
  /** Set when the server will never take it; kept so that the student sees it, until they dismiss it. */
  refusal: string | null;
}

interface StoredLink {
  path: string;
  server: string;
  lab: string;
}

interface Tables extends DBSchema {
  identities: { key: [string, string]; value: Identity };
  records: { key: [string, number]; value: KeptRecord; indexes: { participant: string; stream: string } };
  uploads: { key: string; value: Upload; indexes: { participant: string } };
  links: { key: string; value: StoredLink };
}

export type Store = IDBPDatabase<Tables>;
export const strict = { durability: 'strict' } as const;

export async function openStore(name = 'nbpulse'): Promise<Store> {
  return openDB<Tables>(name, 1, {
    upgrade(db) {
      db.createObjectStore('identities', { keyPath: ['server', 'lab'] });
      const records = db.createObjectStore('records', { keyPath: ['stream', 'seq'] });
      records.createIndex('participant', 'participant');
      records.createIndex('stream', 'stream');
      db.createObjectStore('uploads', { keyPath: 'id' }).createIndex('participant', 'participant');
      db.createObjectStore('links', { keyPath: 'path' });
    },
  });
}
