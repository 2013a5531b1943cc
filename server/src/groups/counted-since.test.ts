import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { useClassroom, type Student } from '../../test/classroom.js';
import { int, ownRecords, send } from '../../test/sending.js';
import { countedAnswers, countedSince, labRev, type Counted } from './stored.js';

const room = useClassroom();

describe('answers that are counted on', () => {
  const move = fc.record({
    what: fc.constantFrom('send', 'send', 'send', 'hide', 'undo', 'take back', 'expect', 'remove'),
    who: fc.nat(2),
    value: fc.nat(3),
    look: fc.boolean(),
  });

  it('are those that are counted anew, whatever happened in between', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(move, { minLength: 4, maxLength: 12 }), async (moves) => {
        const { db } = room.database;
        const lab = await room.addLab(`Counted ${randomUUID()}`);
        await room.owner.request('PATCH', `/labs/${lab.id}`, { json: { settings: { mayDelete: true } } });
        const people: Student[] = [];
        for (const name of ['Ada', 'Bob', 'Cem']) people.push(await room.join(name, lab));
        const gone = new Set<Student>();
        const removals: string[] = [];
        let rev = 0;
        let kept: Counted[] = [];
        for (const { what, who, value, look } of moves) {
          const student = people[who]!;
          const here = !gone.has(student);
          switch (what) {
            case 'send':
              if (here) await send(student, lab, [{ question: '1', value: int(value) }]);
              break;
            case 'take back': {
              const last = here ? (await ownRecords(student)).find(({ deleted }) => !deleted) : undefined;
              if (last) expect((await student.request('DELETE', `/me/records/${last.id}`)).ok).toBe(true);
              break;
            }
            case 'hide': {
              const which = { participant: student.participant };
              const reply = await room.owner.post(`/labs/${lab.id}/removals`, { how: 'hide', which });
              if (reply.status === 201) removals.push(((await reply.json()) as { id: string }).id);
              break;
            }
            case 'undo': {
              const last = removals.pop();
              if (last !== undefined) await room.owner.post(`/labs/${lab.id}/removals/${last}/undo`, undefined);
              break;
            }
            case 'expect': {
              const json = { answer: { kind: 'value', value: int(value) } };
              await room.owner.request('PUT', `/labs/${lab.id}/questions/1/expected`, { json });
              break;
            }
            case 'remove': {
              const json = { removed: true };
              await room.owner.request('PATCH', `/labs/${lab.id}/participants/${student.participant}`, { json });
              gone.add(student);
              break;
            }
            default:
              what satisfies never;
          }
          if (!look) continue;
          const now = (await labRev(db, lab.id)) ?? 0;
          kept = await countedSince(db, lab.id, '1', rev, kept);
          rev = now;
          // Which of equal answers' records stands for them is no matter.
          const told = (all: Counted[]) => all.map(({ example: _, ...one }) => one);
          expect(told(kept)).toEqual(told(await countedAnswers(db, lab.id, '1')));
        }
      }),
      { numRuns: 6 },
    );
  });
});
