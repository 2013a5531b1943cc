/** What staff write about a participant for each other. Nobody who participates ever gets it, through any door. */
import { and, eq } from 'drizzle-orm';
import { participant, staffNote } from '@nbpulse/schema/db';
import type { StaffNote, staffNoteWanted } from '@nbpulse/schema/wire';
import type { z } from 'zod';
import type { Database } from '../database/index.js';
import { refuse, type ProblemReply } from '../http/index.js';

type NoteRow = typeof staffNote.$inferSelect;

export const staffNoteView = (row: NoteRow): StaffNote => ({
  text: row.text,
  by: row.writtenBy,
  at: row.writtenAt.toISOString(),
});

/** @returns the note as it stands now; null when it was removed */
export async function writeNote(
  db: Database,
  of: { labId: string; participantId: string },
  { text, of: edited }: z.output<typeof staffNoteWanted>,
  writtenBy: string,
): Promise<{ note: StaffNote | null } | ProblemReply> {
  return db.transaction(async (tx) => {
    // Under the participant's lock, as erasing is: a note that is written now would stay behind.
    const [who] = await tx
      .select({ erasedAt: participant.erasedAt })
      .from(participant)
      .where(and(eq(participant.id, of.participantId), eq(participant.labId, of.labId)))
      .for('update');
    if (!who) return refuse(404, 'not-found', 'There is no such participant in this lab.');
    if (who.erasedAt)
      return refuse(409, 'conflict', 'Everything about this person was erased. No note can be kept about them.');
    const [there] = await tx.select().from(staffNote).where(eq(staffNote.participantId, of.participantId));
    const wanted = text.trim();
    if ((there?.text ?? '') === wanted) return { note: there ? staffNoteView(there) : null };
    if ((there?.writtenAt.toISOString() ?? null) !== edited) return writtenMeanwhile(there);
    if (wanted === '') {
      await tx.delete(staffNote).where(eq(staffNote.participantId, of.participantId));
      return { note: null };
    }
    // Each version has a time of its own, also two within one millisecond.
    const writtenAt = new Date(Math.max(Date.now(), (there?.writtenAt.getTime() ?? 0) + 1));
    const row = { text: wanted, writtenBy, writtenAt };
    await tx
      .insert(staffNote)
      .values({ participantId: of.participantId, ...row })
      .onConflictDoUpdate({ target: staffNote.participantId, set: row });
    return { note: { text: wanted, by: writtenBy, at: writtenAt.toISOString() } };
  });
}

/** With the other's text, so that neither is lost. */
const writtenMeanwhile = (there: NoteRow | undefined): ProblemReply =>
  there
    ? refuse(
        409,
        'conflict',
        `${there.writtenBy ?? 'Somebody else'} wrote another note meanwhile. Put the two together, then save.`,
        { now: staffNoteView(there) },
      )
    : refuse(409, 'conflict', 'The note was cleared meanwhile. Save again to keep yours.', { now: null });
