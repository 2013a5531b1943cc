/** The pictures of an archive: those that the participant's own records hold. */
import { and, eq, isNull } from 'drizzle-orm';
import { blobUse, event } from '@nbpulse/schema/db';
import type { Database } from '../database/index.js';
import { pictureType } from '../records/index.js';
import { pictureEnding } from '../zip/index.js';

/** @returns each picture once, with the name of its file: `pictures/<sha256>.png` */
export async function ownPictures(db: Database, participantId: string): Promise<{ sha256: string; file: string }[]> {
  const held = await db
    .selectDistinct({ sha256: blobUse.sha256 })
    .from(blobUse)
    .innerJoin(event, eq(event.id, blobUse.ownerId))
    .where(and(eq(blobUse.ownerKind, 'event'), eq(event.participantId, participantId), isNull(event.deletedAt)))
    .orderBy(blobUse.sha256);
  const pictures: { sha256: string; file: string }[] = [];
  for (const { sha256 } of held) {
    const mime = await pictureType(db, sha256, { participantId });
    pictures.push({ sha256, file: `pictures/${sha256}.${pictureEnding(mime)}` });
  }
  return pictures;
}
