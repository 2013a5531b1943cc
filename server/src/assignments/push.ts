/** A push: the folder's files become blobs, and a new version unless the newest has the same content. */
import { createHash } from 'node:crypto';
import { and, desc, eq } from 'drizzle-orm';
import type { AssignmentPush, PushReply } from '@nbpulse/schema/wire';
import { assignment, assignmentVersion } from '@nbpulse/schema/db';
import type { Blobs } from '../blobs/index.js';
import type { Database } from '../database/index.js';
import { pushProblems, type Checked } from './manifest.js';

export interface StoredFile {
  path: string;
  sha256: string;
  bytes: number;
}

/** @param pushedBy who, for the version's history: a user's id, or `cli`. */
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
      .select({ number: assignmentVersion.number, contentHash: assignmentVersion.contentHash })
      .from(assignmentVersion)
      .where(eq(assignmentVersion.assignmentId, row.id))
      .orderBy(desc(assignmentVersion.number))
      .limit(1);
    if (newest?.contentHash === contentHash) {
      return { id: row.id, slug: row.slug, version: newest.number, unchanged: true };
    }
    const number = (newest?.number ?? 0) + 1;
    const [version] = await tx
      .insert(assignmentVersion)
      .values({ assignmentId: row.id, number, manifest, files, contentHash, pushedBy })
      .returning({ id: assignmentVersion.id });
    if (!version) throw new Error('the new version of an assignment was not kept');
    const hashes = [...new Set(files.map((file) => file.sha256))];
    await blobs.use(
      tx,
      hashes.map((sha256) => ({ sha256, ownerKind: 'assignment-file', ownerId: version.id, labId: null })),
    );
    return { id: row.id, slug: row.slug, version: number, unchanged: false };
  });
  return { ok: true, value: reply };
}
