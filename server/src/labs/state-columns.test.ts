import { randomUUID } from 'node:crypto';
import { event, participant } from '@nbpulse/schema/db';
import { labState, labStateColumns, readColumns, type LabState, type Verdict } from '@nbpulse/schema/wire';
import { and, eq } from 'drizzle-orm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { useClassroom, type Student } from '../../test/classroom.js';

describe('the state in columns', () => {
  const room = useClassroom();
  const read = async (lab: { id: string }, path: string): Promise<unknown> => {
    const reply = await room.owner.get(`/labs/${lab.id}/${path}`);
    expect(reply.status).toBe(200);
    return reply.json();
  };
  const byCell = (a: { participant: string; question: string }, b: typeof a): number =>
    a.participant.localeCompare(b.participant) || a.question.localeCompare(b.question);
  const comparable = ({ serverAt: _at, cells, activity, ...rest }: LabState) => ({
    ...rest,
    cells: [...cells].sort(byCell),
    activity: [...activity].sort((a, b) => a.participant.localeCompare(b.participant)),
  });
  const expectSame = async (lab: { id: string }): Promise<LabState> => {
    const plain = labState.parse(await read(lab, 'state'));
    const { cells, ...rest } = readColumns(labStateColumns.parse(await read(lab, 'state/columns')));
    const instants = cells.map((cell) => ({
      ...cell,
      firstAt: new Date(cell.firstAt).toISOString(),
      lastAt: new Date(cell.lastAt).toISOString(),
    }));
    expect(comparable({ ...rest, cells: instants })).toEqual(comparable(plain));
    return plain;
  };

  it('is the state of an empty lab', async () => {
    expect((await expectSame(await room.addLab('Empty'))).cells).toEqual([]);
  });

  it('is the state, whatever was sent, judged, hidden, deleted, and whoever left', async () => {
    const sent = fc.record({
      who: fc.nat(2),
      question: fc.constantFrom('1', '3b', 'loss "test" 😀'),
      text: fc.oneof(fc.constantFrom('same', '"', '\\', '\n'), fc.string({ unit: 'binary' }).map(noSurrogate)),
      error: fc.boolean(),
      seconds: fc.integer({ min: -600, max: 60 }),
      verdict: fc.constantFrom<Verdict | null>(null, 'right', 'wrong', 'reached'),
      gone: fc.constantFrom('no', 'no', 'no', 'hidden', 'deleted'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(sent, { maxLength: 14 }), fc.boolean(), async (all, leaves) => {
        const lab = await room.addLab(randomUUID());
        const people: Student[] = [];
        for (const name of ['Ada', 'Bob', 'Cem']) people.push(await room.join(name, lab));
        const streams = people.map(() => randomUUID());
        for (const [index, one] of all.entries()) {
          const at = new Date(Date.now() + one.seconds * 1_000).toISOString();
          const value = one.error
            ? { t: 'error', cls: 'ValueError', message: { v: one.text } }
            : { t: 'str', v: one.text };
          const events = [{ kind: 'record', seq: index + 1, madeAt: at, question: one.question, value }];
          const reply = await people[one.who]!.post(`/labs/${lab.id}/events`, {
            v: 1,
            stream: streams[one.who],
            sentAt: at,
            events,
          });
          expect(((await reply.json()) as { saved: number[] }).saved).toEqual([index + 1]);
          const changed = {
            verdict: one.verdict,
            ...(one.gone === 'hidden' ? { hiddenAt: new Date() } : {}),
            ...(one.gone === 'deleted' ? { deletedAt: new Date(), body: null } : {}),
          };
          await room.database.db
            .update(event)
            .set(changed)
            .where(and(eq(event.streamId, streams[one.who]!), eq(event.seq, index + 1)));
        }
        if (leaves) {
          const { participant: id } = people[1]!;
          await room.database.db.update(participant).set({ removedAt: new Date() }).where(eq(participant.id, id));
        }
        await expectSame(lab);
      }),
      { numRuns: 6 },
    );
  });

  it('hides points from assistants, and is nobody else’s', async () => {
    const ada = await room.join('Ada curious');
    expect((await ada.get(`/labs/${room.lab.id}/state/columns`)).status).toBe(403);
    expect((await room.nobody.get(`/labs/${room.lab.id}/state/columns`)).status).toBe(401);
  });
});

const noSurrogate = (text: string): string => text.replace(/[\ud800-\udfff\0]/g, '');
