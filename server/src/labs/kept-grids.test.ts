import { randomUUID } from 'node:crypto';
import { labState, labStateColumns, readColumns } from '@nbpulse/schema/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { useClassroom, type Student } from '../../test/classroom.js';
import { int, ownRecords, send } from '../../test/sending.js';
import { KeptGrids } from './kept-grids.js';

const text = (word: string) => () => Promise.resolve({ cells: word, activity: '' });
const wordOf = ({ cells }: { cells: Uint8Array }): string => new TextDecoder().decode(cells);

describe('a kept grid', () => {
  it('is given again for the same, made anew for anything else, and forgotten with its lab', async () => {
    const kept = new KeptGrids();
    const read = async (of: string | null, word: string) => wordOf(await kept.read('lab', of, text(word)));
    expect(await read('rev 1', 'one')).toBe('one');
    expect(await read('rev 1', 'not made')).toBe('one');
    expect(await read('rev 2', 'two')).toBe('two');
    expect(await read('rev 1', 'one again')).toBe('one again');
    kept.forgetLab('lab');
    expect(await read('rev 1', 'anew')).toBe('anew');
    expect(await read(null, 'never kept')).toBe('never kept');
    expect(await read(null, 'nor this')).toBe('nor this');
  });

  it('is made once for all who ask while another is under way, and begins after they asked', async () => {
    const kept = new KeptGrids();
    let rev = 1;
    const finish: (() => void)[] = [];
    const ask = () =>
      kept.shared('lab', async () => {
        const seen = rev;
        await new Promise<void>((resolve) => finish.push(resolve));
        return seen;
      });
    const first = ask();
    rev = 2;
    const others = [ask(), ask(), ask()];
    finish[0]!();
    expect(await first).toBe(1);
    await expect.poll(() => finish.length).toBe(2);
    finish[1]!();
    expect(await Promise.all(others)).toEqual([2, 2, 2]);
    expect(finish).toHaveLength(2);
  });

  it('that could not be made fails for those who waited for it, and for nobody after', async () => {
    const kept = new KeptGrids();
    const failing = () => kept.shared('lab', () => Promise.reject(new Error('the database is away')));
    const both = [failing(), kept.shared('lab', () => Promise.resolve('is back'))];
    await expect(both[0]).rejects.toThrow('away');
    expect(await both[1]).toBe('is back');
    expect(await kept.shared('lab', () => Promise.resolve('still'))).toBe('still');
  });
});

describe('the state in columns, kept between two looks', () => {
  const room = useClassroom();
  /** What both answers say of the grid, in one order. */
  const look = async (lab: { id: string }) => {
    const read = async (path: string): Promise<unknown> =>
      (await room.owner.get(`/labs/${lab.id}/${path}`)).json() as Promise<unknown>;
    const plain = labState.parse(await read('state'));
    const columns = readColumns(labStateColumns.parse(await read('state/columns')));
    const byCell = <Cell extends { participant: string; question: string }>(cells: Cell[]): Cell[] =>
      cells.sort((a, b) => a.participant.localeCompare(b.participant) || a.question.localeCompare(b.question));
    const instants = columns.cells.map((cell) => ({
      ...cell,
      firstAt: new Date(cell.firstAt).toISOString(),
      lastAt: new Date(cell.lastAt).toISOString(),
    }));
    const dense = ({ serverAt: _at, cells: _cells, activity, ...rest }: typeof plain) => ({
      ...rest,
      activity: activity.sort((a, b) => a.participant.localeCompare(b.participant)),
    });
    expect(byCell(instants)).toEqual(byCell(plain.cells));
    const { cells: _cells, ...others } = columns;
    expect(dense({ ...others, cells: [] })).toEqual(dense(plain));
  };
  const questions = ['1', '2'];
  const move = fc.record({
    what: fc.constantFrom(
      'send',
      'send',
      'send',
      'nothing',
      'hide',
      'undo',
      'take back',
      'expect',
      'join',
      'remove',
      'erase',
    ),
    who: fc.nat(3),
    question: fc.constantFrom(...questions),
    value: fc.nat(3),
  });

  it('is the state after everything that may move it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(move, { minLength: 4, maxLength: 12 }), async (moves) => {
        const lab = await room.addLab(`Kept ${randomUUID()}`);
        await room.owner.request('PATCH', `/labs/${lab.id}`, { json: { settings: { mayDelete: true } } });
        const people: Student[] = [await room.join('Ada', lab), await room.join('Bob', lab)];
        const gone = new Set<Student>();
        const removals: string[] = [];
        await look(lab);
        for (const { what, who, question, value } of moves) {
          const student = people[who % people.length]!;
          const here = !gone.has(student);
          switch (what) {
            case 'send':
              if (here) await send(student, lab, [{ question, value: int(value) }]);
              break;
            case 'take back': {
              const last = here ? (await ownRecords(student)).find(({ deleted }) => !deleted) : undefined;
              if (last) expect((await student.request('DELETE', `/me/records/${last.id}`)).ok).toBe(true);
              break;
            }
            case 'hide': {
              const which = { participant: student.participant, question };
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
              await room.owner.request('PUT', `/labs/${lab.id}/questions/${question}/expected`, { json });
              break;
            }
            case 'join':
              people.push(await room.join(`Cem ${String(people.length)}`, lab));
              break;
            case 'remove': {
              const json = { removed: true };
              await room.owner.request('PATCH', `/labs/${lab.id}/participants/${student.participant}`, { json });
              gone.add(student);
              break;
            }
            case 'erase':
              await room.owner.post(`/labs/${lab.id}/participants/${student.participant}/erase`, {
                name: student.name,
              });
              gone.add(student);
              break;
            case 'nothing':
              break;
            default:
              what satisfies never;
          }
          await look(lab);
        }
      }),
      { numRuns: 4 },
    );
  });
});
