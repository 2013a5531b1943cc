/**
 * Tickets to look at one record in a frame. A frame cannot carry a participant's token, and the token must not stand in an
 * address; so an address gets a ticket, signed with a key of this process, for one record and an hour.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { hour } from '@nbpulse/schema/wire';

const ticketMs = 1 * hour;

export class FrameTickets {
  readonly #key = randomBytes(32);
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** @returns letters, digits, `-`, `_` and dots */
  make(participantId: string, recordId: string): string {
    const said = `${participantId}.${recordId}.${String(this.#now() + ticketMs)}`;
    return `${said}.${this.#sign(said).toString('base64url')}`;
  }

  /** Whose and which record; null when the ticket is not ours, was changed, or is over. */
  read(ticket: string): { participantId: string; recordId: string } | null {
    const [participantId, recordId, until, mac, ...rest] = ticket.split('.');
    if (!participantId || !recordId || !until || !mac || rest.length > 0) return null;
    const given = Buffer.from(mac, 'base64url');
    const right = this.#sign(`${participantId}.${recordId}.${until}`);
    if (given.length !== right.length || !timingSafeEqual(given, right)) return null;
    return Number(until) > this.#now() ? { participantId, recordId } : null;
  }

  #sign(said: string): Buffer {
    return createHmac('sha256', this.#key).update(said).digest();
  }
}
