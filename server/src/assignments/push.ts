/** A push: the folder's files become blobs, and a new version unless the newest has the same content. */
import { createHash } from 'node:crypto';
import { and, desc, eq } from 'drizzle-orm';
import type { AssignmentPush, CheckPayload, PushReply } from '@nbpulse/schema/wire';
import { assignment, assignmentVersion } from '@nbpulse/schema/db';
import type { Blobs } from '../blobs/index.js';
import type { Database, Queryable } from '../database/index.js';
import { addJob } from '../queue/index.js';
import { pushProblems, type Checked } from './manifest.js';

export interface StoredFile {
  path: string;
  sha256: string;
  bytes: number;
}

/** Before any grading: whole classes wait for it. */
const checkPriority = 100;

/** Puts a version's check into the queue, in the caller's transaction; the version waits until a worker has done it. */
export async function askForCheck(
  tx: Queryable,
  version: Pick<typeof assignmentVersion.$inferSelect, 'id' | 'assignmentId' | 'number'>,
): Promise<void> {
  await tx
    .update(assignmentVersion)
    .set({ checkState: 'waiting', checkProblem: null })
    .where(eq(assignmentVersion.id, version.id));
  const payload: CheckPayload = {
    versionId: version.id,
    assignmentId: version.assignmentId,
    version: version.number,
  };
  await addJob(tx, 'check', payload, checkPriority);
}

/**
 * The same content again adds no version; when that version's check did not pass, it is done again, as what was wrong may have
 * been the worker's (a package that was not there).
 *
 * @param pushedBy who, for the version's history: a user's id, or `cli`. */
export async function pushAssignment(
  { db, blobs }: { db: Database; blobs: Blobs },
  courseId: string,
  push: AssignmentPush,
  pushedBy: string,
): Promise<Checked<PushReply>> {
  const problems = pushProblems(push);
  if (problems.length > 0) return { ok: false, problems };

  const files: StoredFile[] = [];
  for (const { path, b64 } of [...push.files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    files.push({ path, ...(await blobs.put(Buffer.from(b64, 'base64'))) });
  }
  const { manifest } = push;
  const contentHash = createHash('sha256').update(JSON.stringify({ manifest, files })).digest('hex');

  const reply = await db.transaction(async (tx): Promise<PushReply> => {
    await tx.insert(assignment).values({ courseId, slug: manifest.slug }).onConflictDoNothing();
    // The row's lock makes two pushes at once take turns, so that numbers have no gap and no double.
    const [row] = await tx
      .select()
      .from(assignment)
      .where(and(eq(assignment.courseId, courseId), eq(assignment.slug, manifest.slug)))
      .for('update');
    if (!row) throw new Error('an assignment that was just added is gone');
    const [newest] = await tx
      .select()
      .from(assignmentVersion)
      .where(eq(assignmentVersion.assignmentId, row.id))
      .orderBy(desc(assignmentVersion.number))
      .limit(1);
    if (newest?.contentHash === contentHash) {
      if (newest.checkState !== 'passed' && newest.checkState !== 'waiting') await askForCheck(tx, newest);
      return { id: row.id, slug: row.slug, version: newest.number, unchanged: true };
    }
    const number = (newest?.number ?? 0) + 1;
    const [version] = await tx
      .insert(assignmentVersion)
      .values({ assignmentId: row.id, number, manifest, files, contentHash, pushedBy })
      .returning();
    if (!version) throw new Error('the new version of an assignment was not kept');
    await askForCheck(tx, version);
    const hashes = [...new Set(files.map((file) => file.sha256))];
    await blobs.use(
      tx,
      hashes.map((sha256) => ({ sha256, ownerKind: 'assignment-file', ownerId: version.id, labId: null })),
    );
    return { id: row.id, slug: row.slug, version: number, unchanged: false };
  });
  return { ok: true, value: reply };
}
