/**
 * A live session, by hand-flushed sockets: messages made from the wire's own schema, whole or with one thing wrong, from a student and
 * from staff at once. A message that the wire learns later is tried here without a change to this file.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { clientMessage, type Change, type ServerMessage } from '@nbpulse/schema/wire';
import { closeCodes, helloWithinMs } from '../../src/live/session.js';
import { adaId, HandLab, helloAda, helloStaff, labId } from '../../src/live/test/hand-lab.js';
import { hostileJson, hostileText } from './hostile.js';
import { fitting, type JsonSchema, type KnownTexts } from './json-schema.js';
import { fuzz, fuzzTimeoutMs } from './runs.js';

const other = '55555555-5555-4555-8555-555555555555';
/** Stands in all that is not Ada's. */
const secret = 'zq7-not-for-ada';
const at = '2026-09-01T12:00:00Z';

const { $defs, ...schema } = z.toJSONSchema(clientMessage, { io: 'input', unrepresentable: 'any' });
const components = ($defs ?? {}) as Record<string, JsonSchema>;
const known: KnownTexts = (format) =>
  format === 'uuid' ? fc.constantFrom(labId, adaId, other) : fc.constantFrom('ada', 'emmy', labId, adaId, '1', at);
const message = (wrong: number): fc.Arbitrary<unknown> => fitting(schema as JsonSchema, components, known, wrong);

/** Mostly a greeting, then what is of the protocol or nearly so, each with how long the other end waits before it. */
const says = (hello: unknown): fc.Arbitrary<{ text: string; afterMs: number }[]> => {
  const asText = (json: fc.Arbitrary<unknown>): fc.Arbitrary<string> => json.map((one) => JSON.stringify(one));
  const first = fc.oneof({ arbitrary: fc.constant(JSON.stringify(hello)), weight: 5 }, asText(message(30)));
  const next = fc.oneof(
    { arbitrary: asText(message(1_000)), weight: 8 },
    { arbitrary: asText(message(12)), weight: 3 },
    { arbitrary: asText(hostileJson), weight: 1 },
    { arbitrary: hostileText, weight: 1 },
  );
  const after = fc.oneof(fc.constant(0), fc.nat(300));
  return fc
    .tuple(first, fc.array(next, { maxLength: 8 }), fc.array(after, { minLength: 9, maxLength: 9 }))
    .map(([hi, rest, waits]) => [hi, ...rest].map((text, index) => ({ text, afterMs: waits[index] ?? 0 })));
};

/** What a participant's socket may hear at all. */
const ownTypes = new Set<ServerMessage['type']>(['welcome', 'reply', 'refused', 'lab', 'me', 'submission', 'pong']);
const joined = (rev: number): Change => ({
  kind: 'participant',
  rev,
  participant: {
    id: other,
    name: secret,
    joinedAt: at,
    openedAt: at,
    removed: false,
    unverified: false,
    sending: true,
    erasedAt: null,
  },
});

const refuse = { denied: 403 as const, problem: { error: 'not-allowed' as const, message: 'not staff' } };

describe('a live session that is told messages of the wire, whole and broken', () => {
  it('never throws, and never tells a student what staff see', { timeout: fuzzTimeoutMs }, async () => {
    const told = new Set<string>();
    const students = new Map<string, number>();
    let staffHeardSecret = 0;
    const property = fc.asyncProperty(
      says(helloAda),
      says(helloStaff(0)),
      fc.nat(20),
      async (ofStudent, ofStaff, answerMs) => {
        const lab = new HandLab();
        lab.answerMs = answerMs;
        const student = lab.connect({ staff: () => Promise.resolve(refuse) });
        const staff = lab.connect();
        for (let turn = 0; turn < Math.max(ofStudent.length, ofStaff.length); turn++) {
          for (const [page, one] of [
            [student, ofStudent[turn]],
            [staff, ofStaff[turn]],
          ] as const) {
            if (!one) continue;
            await lab.clock.advance(one.afterMs);
            page.session.receive(one.text);
            const parsed = clientMessage.safeParse(jsonOf(one.text));
            if (parsed.success) told.add(parsed.data.type);
          }
          const rev = lab.commit();
          lab.hub.announce(labId, rev, [joined(rev)]);
        }
        await lab.clock.advance(helloWithinMs + 1_000);
        for (const heard of student.peer.received) {
          students.set(heard.type, (students.get(heard.type) ?? 0) + 1);
          expect(ownTypes, 'a message of a teacher’s view reached a student').toContain(heard.type);
          expect(JSON.stringify(heard), 'what is another’s reached a student').not.toContain(secret);
        }
        if (JSON.stringify(staff.peer.received).includes(secret)) staffHeardSecret++;
        for (const { peer, session } of [student, staff]) {
          if (peer.closedWith) expect(Object.values(closeCodes)).toContain(peer.closedWith.code);
          // Whatever was said, the database was there and nothing in the server broke.
          expect(peer.said).not.toContain('refused unavailable');
          expect(session.state === 'closed').toBe(peer.closedWith !== null);
        }
        expect(lab.faults).toEqual([]);
      },
    );
    await fuzz('a live session', 400, property);
    // Else the property would hold because nobody got past the door.
    expect([...told].sort()).toEqual(clientMessage.options.map(({ shape }) => shape.type.value).sort());
    expect(students.get('reply') ?? 0, 'batches of the student were answered').toBeGreaterThan(0);
    expect(staffHeardSecret, 'staff saw what the student may not').toBeGreaterThan(0);
  });
});

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
