/** What this browser still holds of a participant, as a file to keep: for a lab that takes nothing any more. */
import type { Outbox } from './outbox.js';
import type { Identity } from './store.js';

export interface Unsent {
  records: number;
  notebooks: number;
  file: Blob;
}

/** JSON: the records with their values as they would have been sent, and the notebooks as text. */
export async function unsentOf(outbox: Outbox, identity: Identity): Promise<Unsent> {
  const [kept, uploads] = await Promise.all([
    outbox.records(identity.participant),
    outbox.uploads(identity.participant),
  ]);
  const records = kept.map(({ stream, event }) => ({ stream, event }));
  const notebooks = uploads.map(({ kind, assignment, path, madeAt, sha256, bytes }) => ({
    kind,
    assignment,
    path,
    madeAt,
    sha256,
    text: new TextDecoder().decode(bytes),
  }));
  const { server, labName: lab, name } = identity;
  const text = JSON.stringify({ server, lab, name, records, notebooks }, null, 1);
  return {
    records: records.length,
    notebooks: notebooks.length,
    file: new Blob([text], { type: 'application/json' }),
  };
}
