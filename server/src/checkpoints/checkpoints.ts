/** Checkpoints: a participant's notebook as it was. One that did not change costs nothing. */
import { createHash } from 'node:crypto';
import { and, asc, desc, eq, gt, isNull, lte } from 'drizzle-orm';
import type { Change, CheckpointChange, CheckpointReply } from '@nbpulse/schema/wire';
import { checkpoint, lab } from '@nbpulse/schema/db';
import type { ParticipantCaller } from '../access/index.js';
import type { Blobs } from '../blobs/index.js';
import { nextRev, type Announce, type Database, type Queryable } from '../database/index.js';
import { refuse, type ProblemReply } from '../http/index.js';
import { largeOutputs, putTogether, takeApart } from './parts.js';
import type { Upload } from './upload.js';

export interface CheckpointDeps {
  db: Database;
  blobs: Blobs;
  announce: Announce;
}

type Row = typeof checkpoint.$inferSelect;

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const changeOf = (row: Row): CheckpointChange => ({
  id: row.id,
  participant: row.participantId,
  madeAt: row.madeAt.toISOString(),
  receivedAt: row.receivedAt.toISOString(),
  sha256: row.sha256,
  bytes: row.bytes,
});
const replyOf = (row: Row, unchanged: boolean): CheckpointReply => ({
  id: row.id,
  sha256: row.sha256,
  receivedAt: row.receivedAt.toISOString(),
  unchanged,
});

interface Stored {
  sha256: string;
  bytes: number;
  storedSha256: string;
  outputs: string[];
}

/** Keeps a notebook as a checkpoint. The bytes were looked at: they are a notebook. */
export async function keepCheckpoint(
  deps: CheckpointDeps,
  caller: ParticipantCaller,
  upload: Upload,
  bytes: Uint8Array,
): Promise<CheckpointReply | ProblemReply> {
  const sha256 = sha256Of(bytes);
  const early = await answered(deps.db, caller, upload.id, sha256);
  if (early) return early;
  return add(deps, caller, upload, await store(deps.blobs, bytes, sha256));
}

/** The same for a notebook that this participant uploaded before: nothing is sent again. */
export async function keepKnownCheckpoint(
  deps: CheckpointDeps,
  caller: ParticipantCaller,
  upload: Upload,
  sha256: string,
): Promise<CheckpointReply | ProblemReply> {
  const early = await answered(deps.db, caller, upload.id, sha256);
  if (early) return early;
  const known = await ownUpload(deps.db, caller.participantId, sha256);
  if (!known) {
    return refuse(404, 'not-found', 'You have not uploaded a notebook with this sha256. Send the notebook itself.');
  }
  const stored = await deps.blobs.get(known.storedSha256);
  if (!stored) throw new Error(`the blob ${known.storedSha256} of a checkpoint is missing`);
  return add(deps, caller, upload, { ...known, outputs: await outputsOf(deps.blobs, stored) });
}

/** The answer when nothing is to be kept: the id is known, or this is what the participant's last checkpoint holds. */
async function answered(
  db: Queryable,
  caller: ParticipantCaller,
  id: string,
  sha256: string,
): Promise<CheckpointReply | ProblemReply | null> {
  const [same] = await db.select().from(checkpoint).where(eq(checkpoint.id, id));
  if (same) {
    if (same.participantId === caller.participantId && same.sha256 === sha256) return replyOf(same, false);
    return refuse(
      409,
      'conflict',
      'This x-nbpulse-id was used for another upload. Make a new one for each checkpoint.',
    );
  }
  const [last] = await db
    .select()
    .from(checkpoint)
    .where(and(eq(checkpoint.participantId, caller.participantId), isNull(checkpoint.deletedAt)))
    .orderBy(desc(checkpoint.receivedAt), desc(checkpoint.rev))
    .limit(1);
  return last?.sha256 === sha256 ? replyOf(last, true) : null;
}

/** A stored notebook among this participant's own. Others' uploads are never told of. */
export async function ownUpload(
  db: Queryable,
  participantId: string,
  sha256: string,
): Promise<Pick<Row, 'sha256' | 'bytes' | 'storedSha256'> | null> {
  const [row] = await db
    .select({ sha256: checkpoint.sha256, bytes: checkpoint.bytes, storedSha256: checkpoint.storedSha256 })
    .from(checkpoint)
    .where(
      and(eq(checkpoint.participantId, participantId), eq(checkpoint.sha256, sha256), isNull(checkpoint.deletedAt)),
    )
    .limit(1);
  return row ?? null;
}

async function store(blobs: Blobs, bytes: Uint8Array, sha256: string): Promise<Stored> {
  const parts = await takeApart(bytes, largeOutputs(bytes), (part) => blobs.put(part));
  // Proof before it counts as saved: what a download would give is what came.
  const again = await putTogether(parts.stored, (name) => blobs.get(name));
  const exact = sha256Of(again) === sha256 ? parts : await takeApart(bytes, [], (part) => blobs.put(part));
  const { sha256: storedSha256 } = await blobs.put(exact.stored);
  return { sha256, bytes: bytes.byteLength, storedSha256, outputs: exact.outputs };
}

async function outputsOf(blobs: Blobs, stored: Uint8Array): Promise<string[]> {
  const names: string[] = [];
  await putTogether(stored, (sha256) => {
    names.push(sha256);
    return blobs.get(sha256);
  });
  return names;
}

async function add(
  { db, blobs, announce }: CheckpointDeps,
  caller: ParticipantCaller,
  upload: Upload,
  stored: Stored,
): Promise<CheckpointReply | ProblemReply> {
  const { labId, participantId } = caller;
  const done = await db.transaction(async (tx) => {
    const [open] = await tx.select({ status: lab.status }).from(lab).where(eq(lab.id, labId));
    if (open?.status === 'draft') {
      return refuse(409, 'lab-draft', 'The lab has not begun. Checkpoints are taken once your teacher has opened it.');
    }
    if (open?.status !== 'open') {
      return refuse(
        409,
        'lab-closed',
        'The lab is closed: checkpoints are no longer taken. The notebook stays on your side.',
      );
    }
    const rev = await nextRev(tx, labId);
    // Under the lab's lock two uploads of one participant take turns: the second sees the first.
    const early = await answered(tx, caller, upload.id, stored.sha256);
    if (early) return { rev, reply: early, row: null };
    const [row] = await tx
      .insert(checkpoint)
      .values({
        id: upload.id,
        labId,
        participantId,
        sha256: stored.sha256,
        storedSha256: stored.storedSha256,
        bytes: stored.bytes,
        madeAt: upload.madeAt,
        receivedAt: upload.receivedAt,
        rev,
      })
      .returning();
    if (!row) throw new Error('a checkpoint was not kept');
    const names = [...new Set([stored.storedSha256, ...stored.outputs])];
    await blobs.use(
      tx,
      names.map((sha256) => ({ sha256, ownerKind: 'checkpoint', ownerId: row.id, labId })),
    );
    return { rev, reply: replyOf(row, false), row };
  });
  if ('status' in done) return done;
  announce(labId, done.rev, done.row ? [{ kind: 'checkpoint', rev: done.rev, checkpoint: changeOf(done.row) }] : []);
  return done.reply;
}

/** The exact bytes of a checkpoint of this lab or participant; null when there is none, or it was deleted. */
export async function checkpointBytes(
  { db, blobs }: Pick<CheckpointDeps, 'db' | 'blobs'>,
  of: { labId: string } | { participantId: string },
  id: string,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; sha256: string; receivedAt: Date } | null> {
  const [row] = await db
    .select()
    .from(checkpoint)
    .where(
      and(
        eq(checkpoint.id, id),
        'labId' in of ? eq(checkpoint.labId, of.labId) : eq(checkpoint.participantId, of.participantId),
        isNull(checkpoint.deletedAt),
      ),
    );
  if (!row) return null;
  const stored = await blobs.get(row.storedSha256);
  if (!stored) throw new Error(`the blob ${row.storedSha256} of checkpoint ${id} is missing`);
  return {
    bytes: await putTogether(stored, (name) => blobs.get(name)),
    sha256: row.sha256,
    receivedAt: row.receivedAt,
  };
}

/** Checkpoints that became visible after `from`, up to `to`: for the lab's log. */
export async function checkpointChanges(
  db: Queryable,
  labId: string,
  from: number,
  to: number,
  most: number,
): Promise<Extract<Change, { kind: 'checkpoint' }>[]> {
  const rows = await db
    .select()
    .from(checkpoint)
    .where(
      and(eq(checkpoint.labId, labId), gt(checkpoint.rev, from), lte(checkpoint.rev, to), isNull(checkpoint.deletedAt)),
    )
    .orderBy(asc(checkpoint.rev))
    .limit(most);
  return rows.map((row) => ({ kind: 'checkpoint', rev: row.rev, checkpoint: changeOf(row) }));
}
