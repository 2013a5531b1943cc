/**
 * Links to one's own page, "What is stored about me". A link is *fresh* for five minutes, then *expired*; opening makes it *used*.
 * A day later it is forgotten (see retention). Its code stands in the fragment, which no browser sends to any server or proxy;
 * stored is its sha256.
 */
import { randomBytes } from 'node:crypto';
import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import { lab, pageLink, participant } from '@nbpulse/schema/db';
import { minute, type JoinReply } from '@nbpulse/schema/wire';
import { hashToken, labErasedWords, TokenBuckets, type ParticipantCaller } from '../access/index.js';
import type { Database } from '../database/index.js';
import { refuse, type ProblemReply } from '../http/index.js';
import { addDevice, joinReplyOf } from '../people/index.js';

const freshMs = 5 * minute;
const codeBytes = 24;
/** Links of one participant, and openings of one code: whoever presses twice is let through, a loop is not. */
const linksOfOne = { perSecond: 10 / 60, burst: 10 };
const openingsOfOne = { perSecond: 10 / 60, burst: 10 };

const again =
  'Open the page again from the notebook: nbpulse’s panel, “What is stored about me”. Or come in here with the lab’s join code, your name and your return code.';

export function pageLinks({ db, publicUrl }: { db: Database; publicUrl: string }) {
  const made = new TokenBuckets(linksOfOne);
  const opened = new TokenBuckets(openingsOfOne);

  async function make({
    participantId,
  }: ParticipantCaller): Promise<{ url: string; expiresAt: string } | ProblemReply> {
    const retryAfterMs = made.take(participantId);
    if (retryAfterMs > 0) {
      const message = 'Many links to this page were made just now. Use the last one, or wait a moment.';
      return refuse(429, 'too-fast', message, { retryAfterMs });
    }
    const code = randomBytes(codeBytes).toString('base64url');
    const expiresAt = new Date(Date.now() + freshMs);
    await db.insert(pageLink).values({ codeHash: hashToken(code), participantId, expiresAt });
    return { url: `${publicUrl}/me#code=${code}`, expiresAt: expiresAt.toISOString() };
  }

  /** A code becomes a device of kind *browser*, once. */
  async function open(code: string): Promise<JoinReply | ProblemReply> {
    const codeHash = hashToken(code);
    const retryAfterMs = opened.take(codeHash);
    if (retryAfterMs > 0)
      return refuse(429, 'too-fast', 'This link was tried many times just now. Wait a moment.', { retryAfterMs });
    const [found] = await db
      .select({ link: pageLink, who: participant, lab })
      .from(pageLink)
      .innerJoin(participant, eq(participant.id, pageLink.participantId))
      .innerJoin(lab, eq(lab.id, participant.labId))
      .where(eq(pageLink.codeHash, codeHash));
    if (!found) return refuse(404, 'not-found', `This link is not known here, or was made long ago. ${again}`);
    if (found.lab.deletedAt) return refuse(410, 'lab-deleted', 'This lab was deleted, with all that was sent to it.');
    if (found.lab.erasedAt) return refuse(410, 'lab-deleted', labErasedWords);
    if (found.who.erasedAt)
      return refuse(
        410,
        'link-used',
        'Everything about you in this course was erased by its teacher. Nothing is stored.',
      );
    if (found.who.removedAt)
      return refuse(410, 'link-used', 'You were removed from this lab by its teacher. Ask them what is still stored.');
    const token = await db.transaction(async (tx) => {
      const [taken] = await tx
        .update(pageLink)
        .set({ usedAt: sql`now()` })
        .where(and(eq(pageLink.codeHash, codeHash), isNull(pageLink.usedAt), gt(pageLink.expiresAt, new Date())))
        .returning({ participantId: pageLink.participantId });
      return taken ? addDevice(tx, taken.participantId, { kind: 'browser', label: 'Own page' }) : null;
    });
    if (token !== null) return joinReplyOf(found.lab, found.who, token);
    const message = found.link.usedAt
      ? `This link was used already; each opens the page once. ${again}`
      : `This link has expired; it is good for five minutes. ${again}`;
    return refuse(410, 'link-used', message);
  }

  return { make, open };
}
