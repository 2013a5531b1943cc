import { describe, expect, it } from 'vitest';
import { defaultLabSettings } from '@nbpulse/schema/wire';
import { batchesAtOnce, closeCodes } from './session.js';
import { adaId, events, HandLab, helloAda, helloStaff, labId } from './test/hand-lab.js';
import { settle } from './test/hand-clock.js';

describe('a live session of a participant', () => {
  it('gets replies to its own batches, and nothing of others', async () => {
    const lab = new HandLab();
    const { peer, say } = lab.connect();
    say(helloAda);
    say(events(7));
    await settle();
    lab.announce(lab.commit());
    await lab.clock.advance(1_000);
    expect(peer.said).toEqual(['welcome', 'reply']);
    expect(peer.of('welcome')[0]?.rev).toBeUndefined();
    expect(peer.of('reply')[0]).toMatchObject({ id: 7, reply: { saved: [1] } });
  });

  it('hears that the lab closed, and what became of its own submission only', async () => {
    const lab = new HandLab();
    const { peer, say } = lab.connect();
    say(helloAda);
    await settle();
    const view = {
      id: labId,
      course: labId,
      name: 'Lab',
      description: '',
      status: 'closed' as const,
      joinCode: 'ABCDEFGH',
      createdAt: '2026-09-01T12:00:00Z',
      openedAt: null,
      closedAt: '2026-09-01T13:00:00Z',
      settings: defaultLabSettings,
      retentionMonths: 12,
      eraseAt: '2027-09-01T13:00:00Z',
      erasedAt: null,
    };
    lab.hub.announce(labId, lab.commit(), [{ kind: 'lab', rev: 1, lab: view }]);
    expect(peer.of('lab')).toMatchObject([{ lab: { status: 'closed' } }]);
    const pong = { v: 1 as const, type: 'pong' as const, at: 1, serverAt: '2026-09-01T12:00:00Z' };
    lab.hub.tell('somebody-else', pong);
    expect(peer.said).toEqual(['welcome', 'lab']);
    lab.hub.tell(adaId, pong);
    expect(peer.said).toEqual(['welcome', 'lab', 'pong']);
  });

  it('is refused when it speaks staff’s protocol', async () => {
    const lab = new HandLab();
    const { peer, say } = lab.connect();
    say(helloAda);
    say(helloStaff(0));
    await settle();
    expect(peer.said).toEqual(['welcome', 'refused not-allowed']);
    expect(peer.closedWith?.code).toBe(closeCodes.notAllowed);
  });

  it('is told in words that its token is not known, or its lab deleted', async () => {
    const lab = new HandLab();
    const stranger = lab.connect();
    stranger.say({ v: 1, type: 'hello', as: { role: 'participant', token: 'eve' } });
    const late = lab.connect();
    late.say(helloAda);
    await settle();
    expect(stranger.peer.closedWith?.code).toBe(closeCodes.badToken);
    lab.hub.announce(labId, lab.commit(), [{ kind: 'lab-deleted', rev: 1 }]);
    expect(late.peer.said).toEqual(['welcome', 'refused lab-deleted']);
    expect(late.peer.closedWith?.code).toBe(closeCodes.deleted);
  });

  it('may have so many batches on the way, and is asked to wait with the next', async () => {
    const lab = new HandLab();
    const { session, peer, say } = lab.connect({ take: () => new Promise(() => undefined) });
    say(helloAda);
    for (let id = 1; id <= batchesAtOnce + 1; id++) say(events(id));
    await session.settled();
    expect(peer.of('refused')).toMatchObject([{ id: batchesAtOnce + 1, code: 'too-fast', retryAfterMs: 200 }]);
    expect(peer.closedWith).toBeNull();
  });

  it('shows as present, on two machines when there are two, and as gone when it left', async () => {
    const lab = new HandLab();
    const page = lab.connect();
    page.say(helloStaff(0));
    await settle();
    const first = lab.connect();
    const second = lab.connect({
      participant: () =>
        Promise.resolve({ kind: 'participant', participantId: adaId, deviceId: 'device-2', labId, name: 'Ada' }),
    });
    const latest = async () => {
      await lab.clock.advance(1_000);
      return page.peer.of('presence').at(-1)?.presence[0];
    };
    first.say(helloAda);
    expect(await latest()).toMatchObject({ participant: adaId, state: 'online', devices: 1 });
    second.say(helloAda);
    expect(await latest()).toMatchObject({ devices: 2 });
    first.say({ v: 1, type: 'presence', state: 'idle', waiting: 3 });
    second.say({ v: 1, type: 'presence', state: 'idle', waiting: 0 });
    expect(await latest()).toMatchObject({ state: 'idle', waiting: 3 });
    first.session.closed();
    second.session.closed();
    expect(await latest()).toMatchObject({ state: 'offline', devices: 0 });
  });
});
