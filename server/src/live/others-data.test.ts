import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Change, RecordView, ServerMessage } from '@nbpulse/schema/wire';
import type { ParticipantCaller } from '../access/index.js';
import { closeCodes } from './session.js';
import { ada, events, HandLab, helloStaff, labId } from './test/hand-lab.js';

const people: ParticipantCaller[] = ['a', 'b', 'c'].map((letter, index) => ({
  ...ada,
  participantId: `${letter.repeat(8)}-2222-4222-8222-222222222222`,
  deviceId: `device-${String(index)}`,
  name: `Student ${letter}`,
}));
const secretOf = (who: ParticipantCaller): string => `secret of ${who.name}`;
const at = '2026-09-01T12:00:00Z';

function recordOf(who: ParticipantCaller): RecordView {
  return {
    id: who.participantId,
    participant: who.participantId,
    question: '1',
    part: null,
    value: { t: 'str', v: secretOf(who) },
    summary: secretOf(who),
    hash: secretOf(who),
    error: false,
    madeAt: at,
    receivedAt: at,
    late: false,
    deleted: false,
    hidden: false,
    tag: 'str',
    verdict: 'right',
  };
}
function participantOf(who: ParticipantCaller): Extract<Change, { kind: 'participant' }>['participant'] {
  return {
    id: who.participantId,
    name: secretOf(who),
    joinedAt: at,
    openedAt: at,
    removed: false,
    unverified: false,
    sending: true,
    erasedAt: null,
  };
}
function submissionOf(who: ParticipantCaller): Extract<Change, { kind: 'submission' }>['submission'] {
  return {
    id: who.participantId,
    number: secretOf(who),
    participant: who.participantId,
    assignment: 'primes',
    receivedAt: at,
    status: 'done',
    outcome: 'completed',
    points: 8,
    maxPoints: 10,
  };
}

/** What a participant's socket may hear at all. A teacher's view is no part of it. */
const ownTypes = new Set<ServerMessage['type']>(['welcome', 'reply', 'refused', 'lab', 'me', 'submission', 'pong']);

describe('a participant’s socket', () => {
  it('hears nothing of others and nothing of a teacher’s view, however all of it interleaves', async () => {
    let heard = 0;
    const which = fc.nat(people.length - 1);
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ do: fc.constant('connect' as const), which }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), which }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('record' as const), which }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('participant' as const), which }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('submission' as const), which }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('tell' as const), which }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('send' as const), which }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('presence' as const), which }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('teacher' as const), which }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('hello-staff' as const), which }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), which, ms: fc.nat(300) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (steps) => {
        const lab = new HandLab();
        const sockets: { who: ParticipantCaller; connection: ReturnType<HandLab['connect']>; left: boolean }[] = [];
        const announce = (change: (rev: number) => Change): void => {
          const rev = lab.commit();
          lab.hub.announce(labId, rev, [change(rev)]);
        };
        for (const one of steps) {
          const who = people[one.which]!;
          const open = sockets.filter((socket) => !socket.left && socket.who === who);
          if (one.do === 'connect') {
            const connection = lab.connect({ participant: () => Promise.resolve(who) });
            connection.say({ v: 1, type: 'hello', as: { role: 'participant', token: who.name } });
            sockets.push({ who, connection, left: false });
          } else if (one.do === 'teacher') lab.connect().say(helloStaff(0));
          else if (one.do === 'wait') await lab.clock.advance(one.ms);
          else if (one.do === 'record') announce((rev) => ({ kind: 'record', rev, record: recordOf(who) }));
          else if (one.do === 'participant')
            announce((rev) => ({ kind: 'participant', rev, participant: participantOf(who) }));
          else if (one.do === 'submission')
            announce((rev) => ({ kind: 'submission', rev, submission: submissionOf(who) }));
          else if (one.do === 'tell') lab.hub.tell(who.participantId, { v: 1, type: 'me', sending: false });
          for (const socket of open) {
            if (one.do === 'send') socket.connection.say(events(1));
            else if (one.do === 'presence')
              socket.connection.say({ v: 1, type: 'presence', state: 'idle', waiting: 1 });
            else if (one.do === 'hello-staff') socket.connection.say(helloStaff(0));
            else if (one.do === 'leave') socket.connection.session.closed();
            if (one.do === 'leave' || one.do === 'hello-staff') socket.left = true;
          }
        }
        await lab.clock.advance(2_000);
        for (const { who, connection } of sockets) {
          heard += connection.peer.received.length;
          for (const message of connection.peer.received) {
            expect(ownTypes).toContain(message.type);
            const text = JSON.stringify(message);
            for (const other of people) {
              if (other !== who) expect(text).not.toContain(other.participantId);
              expect(text).not.toContain(secretOf(other));
            }
          }
        }
      }),
      { numRuns: 200 },
    );
    // Else the property would hold because nobody was told anything.
    expect(heard).toBeGreaterThan(200);
  });

  it('is refused as soon as it asks for a teacher’s view, and hears nothing from then on', async () => {
    const lab = new HandLab();
    const { peer, say } = lab.connect();
    say({ v: 1, type: 'hello', as: { role: 'participant', token: 'ada' } });
    say(helloStaff(0));
    await lab.clock.advance(100);
    expect(peer.closedWith?.code).toBe(closeCodes.notAllowed);
    const told = peer.received.length;
    lab.announce(lab.commit());
    await lab.clock.advance(1_000);
    expect(peer.received).toHaveLength(told);
  });
});
