import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '@nbpulse/schema/wire';
import { closeCodes, helloWithinMs, recheckMs } from './session.js';
import { events, HandLab, helloAda, helloStaff, teacher } from './test/hand-lab.js';
import { settle } from './test/hand-clock.js';

describe('a live session of anybody', () => {
  it('is closed when no hello comes', async () => {
    const lab = new HandLab();
    const { peer } = lab.connect();
    await lab.clock.advance(helloWithinMs - 1);
    expect(peer.closedWith).toBeNull();
    await lab.clock.advance(1);
    expect(peer.closedWith?.code).toBe(closeCodes.noHello);
  });

  it('is let go within a minute when what let it in was taken away', async () => {
    const lab = new HandLab();
    let allowed = true;
    const page = lab.connect({
      staff: () =>
        Promise.resolve(
          allowed ? teacher : { denied: 403, problem: { error: 'not-allowed', message: 'not staff any more' } },
        ),
    });
    page.say(helloStaff(0));
    await lab.clock.advance(3 * recheckMs);
    expect(page.peer.closedWith).toBeNull();
    allowed = false;
    lab.away = true;
    await lab.clock.advance(recheckMs);
    expect(page.peer.of('refused')).toMatchObject([{ code: 'not-allowed', message: 'not staff any more' }]);
    expect(page.peer.closedWith?.code).toBe(closeCodes.notAllowed);
  });

  it('is closed when it floods the server with small messages, or with much before its hello', async () => {
    const lab = new HandLab();
    const pinger = lab.connect();
    pinger.say(helloAda);
    await pinger.session.settled();
    for (let number = 0; number < 200; number++) pinger.say({ v: 1, type: 'ping', at: number });
    await pinger.session.settled();
    expect(pinger.peer.closedWith?.code).toBe(closeCodes.tooFast);
    const stuffer = lab.connect();
    const large = JSON.stringify({ ...events(1), padding: 'x'.repeat(limits.socketMessageBytes / 2) });
    for (let number = 0; number < 3; number++) stuffer.session.receive(large);
    expect(stuffer.peer.closedWith?.code).toBe(closeCodes.badMessage);
  });

  it('is told which version the server speaks', async () => {
    const lab = new HandLab();
    const { peer, say } = lab.connect();
    say({ v: 99, type: 'hello' });
    await settle();
    expect(peer.received).toMatchObject([{ type: 'refused', code: 'version' }]);
  });

  it('is told when the database is away, and may come again', async () => {
    const lab = new HandLab();
    lab.away = true;
    const { peer, say } = lab.connect();
    say(helloAda);
    await settle();
    expect(peer.said).toEqual(['refused unavailable']);
    lab.away = false;
    const again = lab.connect();
    again.say(helloAda);
    await settle();
    expect(again.peer.said).toEqual(['welcome']);
  });

  it('never makes the server throw, whatever it sends', async () => {
    const message = fc.oneof(
      fc.constantFrom(
        helloAda,
        helloStaff(0),
        helloStaff(),
        events(1),
        { v: 1, type: 'ping', at: 1 },
        { v: 1, type: 'presence', state: 'idle', waiting: 2 },
      ),
      fc.record(
        {
          v: fc.constantFrom(1, 2, '1', null),
          type: fc.constantFrom('hello', 'events', 'presence', 'ping', 'x'),
          as: fc.jsonValue(),
          id: fc.jsonValue(),
          batch: fc.jsonValue(),
        },
        { requiredKeys: [] },
      ),
      fc.jsonValue(),
    );
    const text = fc.oneof(
      { weight: 5, arbitrary: message.map((json) => JSON.stringify(json)) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 12 }), async (texts) => {
        const lab = new HandLab();
        const { session, peer } = lab.connect();
        for (const one of texts) session.receive(one);
        await lab.clock.advance(helloWithinMs);
        // HandPeer parses all that is sent, and throws on what is sent after the close.
        session.closed();
        lab.announce(lab.commit());
        await lab.clock.advance(1_000);
        expect(session.state).toBe('closed');
        expect(peer.received.length).toBeLessThanOrEqual(3 * texts.length + 3);
      }),
      { numRuns: 300 },
    );
  });
});
