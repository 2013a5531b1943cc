import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '@nbpulse/schema/wire';
import { busyChangesPerSecond, busyDeltaMs, deltaMs } from './room.js';
import { closeCodes } from './session.js';
import { adaId, HandLab, helloStaff, labId } from './test/hand-lab.js';
import { settle } from './test/hand-clock.js';

/** A page: applies updates as the protocol says. */
function follow(peer: ReturnType<HandLab['connect']>['peer'], from: number): { rev: number; seen: number[] } {
  let rev = from;
  const seen: number[] = [];
  for (const message of peer.received) {
    if (message.type === 'reload') throw new Error('told to reload');
    if (message.type !== 'update') continue;
    expect(message.from).toBe(rev);
    rev = message.to;
    seen.push(...message.changes.map((change) => change.rev));
  }
  return { rev, seen };
}
const upTo = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index + 1);

describe('a live session of staff', () => {
  it('welcomes, catches up since the page’s own revision, and goes on from there', async () => {
    const lab = new HandLab();
    lab.rev = 5;
    const { peer, say } = lab.connect();
    say(helloStaff(2));
    await settle();
    expect(peer.said).toEqual(['welcome', 'update', 'presence']);
    lab.announce(lab.commit(), lab.commit());
    await lab.clock.advance(1_000);
    expect(follow(peer, 2)).toEqual({ rev: 7, seen: [3, 4, 5, 6, 7] });
  });

  it('gives changes in the order of the log when they are announced in another', async () => {
    const lab = new HandLab();
    const { peer, say } = lab.connect();
    say(helloStaff(0));
    await settle();
    const [first, second] = [lab.commit(), lab.commit()];
    lab.announce(second);
    await settle();
    expect(peer.of('update')).toEqual([]);
    lab.announce(first);
    await lab.clock.advance(deltaMs);
    expect(follow(peer, 0)).toEqual({ rev: 2, seen: [1, 2] });
    expect(lab.reads).toBe(1);
  });

  it('reads the log when a revision is never announced: another process wrote it', async () => {
    const lab = new HandLab();
    const { peer, say } = lab.connect();
    say(helloStaff(0));
    await settle();
    lab.commit();
    lab.announce(lab.commit());
    await lab.clock.advance(100);
    expect(follow(peer, 0)).toEqual({ rev: 2, seen: [1, 2] });
    lab.commit();
    lab.hub.notified(`${labId} 3`);
    await lab.clock.advance(100);
    expect(follow(peer, 0)).toEqual({ rev: 3, seen: [1, 2, 3] });
  });

  it('reads the log again when the database was away', async () => {
    const lab = new HandLab();
    const { peer, say } = lab.connect();
    say(helloStaff(0));
    await settle();
    lab.commit();
    lab.announce(lab.commit());
    lab.away = true;
    await lab.clock.advance(500);
    expect(peer.of('update')).toEqual([]);
    expect(lab.faults.length).toBeGreaterThan(0);
    lab.away = false;
    await lab.clock.advance(2_000);
    expect(follow(peer, 0)).toEqual({ rev: 2, seen: [1, 2] });
  });

  it('sends the first change at once, then one delta per 16 ms, and one per 100 ms in a storm', async () => {
    const lab = new HandLab();
    const { peer, say } = lab.connect();
    say(helloStaff(0));
    await settle();
    await lab.clock.advance(1_000);
    const began = lab.clock.now();
    while (lab.clock.now() < began + 1_000) {
      lab.announce(lab.commit());
      await lab.clock.advance(1);
    }
    const sentAt = peer.receivedAt
      .filter((_, index) => peer.received[index]?.type === 'update')
      .map((at) => at - began);
    expect(sentAt[0]).toBe(0);
    const gaps = sentAt.slice(1).map((at, index) => at - sentAt[index]!);
    const calm = gaps.slice(0, Math.floor(busyChangesPerSecond / deltaMs) - 1);
    expect(new Set(calm)).toEqual(new Set([deltaMs]));
    expect(gaps.at(-1)).toBeGreaterThanOrEqual(busyDeltaMs);
  });

  it('tells a page that is too far behind, or ahead, to reload', async () => {
    const lab = new HandLab();
    lab.rev = 5_000;
    const far = lab.connect();
    far.say(helloStaff(1));
    const ahead = lab.connect();
    ahead.say(helloStaff(6_000));
    await settle();
    expect(far.peer.said).toContain('reload');
    expect(ahead.peer.said).toContain('reload');
  });

  it('drops a reader that is too slow; with its own revision it goes on where it was', async () => {
    const lab = new HandLab();
    const slow = lab.connect();
    slow.say(helloStaff(0));
    await settle();
    lab.announce(lab.commit());
    await lab.clock.advance(100);
    slow.peer.buffered = limits.socketQueueBytes + 1;
    lab.announce(lab.commit(), lab.commit());
    await lab.clock.advance(100);
    expect(slow.peer.closedWith?.code).toBe(closeCodes.tooSlow);
    expect(slow.session.state).toBe('closed');
    const { rev } = follow(slow.peer, 0);
    const again = lab.connect();
    again.say(helloStaff(rev));
    await lab.clock.advance(100);
    expect(follow(again.peer, rev)).toEqual({ rev: 3, seen: upTo(rev, 3) });
  });

  it('refuses staff’s socket to who is not staff, and says why', async () => {
    const lab = new HandLab();
    const { peer, say } = lab.connect({
      staff: () =>
        Promise.resolve({ denied: 403, problem: { error: 'not-allowed', message: 'not staff of this course' } }),
    });
    say(helloStaff(0));
    await settle();
    expect(peer.received).toMatchObject([
      { type: 'refused', code: 'not-allowed', message: 'not staff of this course' },
    ]);
    expect(peer.closedWith?.code).toBe(closeCodes.notAllowed);
  });

  it('hides points from assistants', async () => {
    const lab = new HandLab();
    const assistant = lab.connect({
      staff: () =>
        Promise.resolve({
          kind: 'staff',
          userId: 'a',
          name: 'A',
          email: 'a@example.org',
          admin: false,
          role: 'assistant',
          courseId: labId,
          labId,
        }),
    });
    const teacher = lab.connect();
    for (const { say } of [assistant, teacher]) say(helloStaff(0));
    await settle();
    const submission = {
      id: adaId,
      number: 'S-1',
      participant: adaId,
      assignment: 'primes',
      receivedAt: '2026-09-01T12:00:00Z',
      status: 'done' as const,
      outcome: 'completed' as const,
      points: 8,
      maxPoints: 10,
    };
    lab.hub.announce(labId, lab.commit(), [{ kind: 'submission', rev: 1, submission }]);
    await lab.clock.advance(100);
    const pointsOf = ({ peer }: typeof teacher) =>
      peer
        .of('update')
        .flatMap((update) =>
          update.changes.map((change) => (change.kind === 'submission' ? change.submission.points : 0)),
        );
    expect([pointsOf(assistant), pointsOf(teacher)]).toEqual([[null], [8]]);
  });

  it('gives every change once and in order, however writers, notifications and pages interleave', async () => {
    let followed = 0;
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.constant({ do: 'commit' as const }) },
      { weight: 4, arbitrary: fc.record({ do: fc.constant('announce' as const), which: fc.nat(5) }) },
      { weight: 1, arbitrary: fc.constant({ do: 'notify' as const }) },
      { weight: 1, arbitrary: fc.constant({ do: 'forget' as const }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('connect' as const), anew: fc.boolean() }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), which: fc.nat(5) }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(40) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('slow' as const), ms: fc.nat(60) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 80 }), async (steps) => {
        const lab = new HandLab();
        lab.page = 3;
        const unannounced: number[] = [];
        const pages: { since: number | undefined; connection: ReturnType<HandLab['connect']> }[] = [];
        const connect = (since?: number) => {
          const connection = lab.connect();
          connection.say(helloStaff(since));
          pages.push({ since, connection });
        };
        connect(0);
        for (const one of steps) {
          if (one.do === 'commit') unannounced.push(lab.commit());
          else if (one.do === 'announce') lab.announce(...unannounced.splice(one.which % (unannounced.length + 1), 1));
          else if (one.do === 'forget') unannounced.length = 0;
          else if (one.do === 'notify') lab.hub.notified(`${labId} ${String(lab.rev)}`);
          else if (one.do === 'wait') await lab.clock.advance(one.ms);
          else if (one.do === 'slow') lab.answerMs = one.ms;
          else if (one.do === 'leave') pages.splice(one.which, 1)[0]?.connection.session.closed();
          else {
            connect(one.anew ? undefined : Math.max(0, lab.rev - 2));
          }
        }
        lab.hub.notified(`${labId} ${String(lab.rev)}`);
        await lab.clock.advance(5_000);
        for (const { since, connection } of pages) {
          if (connection.peer.said.includes('reload')) continue;
          followed++;
          const from = since ?? connection.peer.of('welcome')[0]!.rev!;
          expect(follow(connection.peer, from)).toEqual({ rev: lab.rev, seen: upTo(from, lab.rev) });
        }
      }),
      { numRuns: 500 },
    );
    // Else the property would hold because nobody watched.
    expect(followed).toBeGreaterThan(300);
  });
});
