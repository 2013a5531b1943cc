import { describe, expect, it } from 'vitest';
import { FrameTickets } from './frame-ticket.js';

describe('a ticket to a frame', () => {
  it('names its record until an hour is over', () => {
    let now = 1_000;
    const tickets = new FrameTickets(() => now);
    const ticket = tickets.make('ada', 'record');
    expect(tickets.read(ticket)).toEqual({ participantId: 'ada', recordId: 'record' });
    now += 60 * 60_000;
    expect(tickets.read(ticket)).toBeNull();
  });
  it('is worth nothing when it was changed, or made by another process', () => {
    const tickets = new FrameTickets();
    const ticket = tickets.make('ada', 'record');
    const [who, what, until, mac] = ticket.split('.');
    for (const wrong of [
      ['bob', what, until, mac],
      [who, 'other', until, mac],
      [who, what, `${until}0`, mac],
      [who, what, until, ''],
      [who, what, until, 'AAAA'],
      [who, what, until, mac, 'more'],
    ])
      expect(tickets.read(wrong.join('.'))).toBeNull();
    expect(tickets.read('')).toBeNull();
    expect(new FrameTickets().read(ticket)).toBeNull();
  });
});
