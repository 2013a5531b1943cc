import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { and, eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { event, question } from '@nbpulse/schema/db';
import {
  expectedAnswer,
  limits,
  parsePythonLiteral,
  questionRecords,
  typedValue,
  wireVersion,
  type ExpectedAnswer,
  type Value,
} from '@nbpulse/schema/wire';
import { useClassroom, type Student } from '../../test/classroom.js';
import { listen } from '../../test/listen.js';
import { connectSocket } from '../../test/socket-client.js';
import { questionJudge } from './lab-judge.js';
import { verdictOf } from './verdict.js';

/** Answers that are near, equal, of other types, unfit, cut. */
const answers: Value[] = [
  ...['1', '1.0', '1.01', '2', 'True', 'None', 'nan', '[1, 2]', '(1, 2)', '[1.01, 2]', '{"a": 1}', '{1, 2}'].map(
    (text) => parsePythonLiteral(text) ?? typedValue(text),
  ),
  ...['', 'post code', 'Postcode', 'a'.repeat(12_000)].map((v): Value => ({ t: 'str', v })),
  { t: 'int', v: 1, dtype: 'int64' },
  { t: 'list', v: [{ t: 'int', v: 1 }], n: 5_000, sha256: '1'.repeat(64) },
  { t: 'error', cls: 'ValueError', message: { v: '1' } },
];
const settings: ExpectedAnswer[] = [
  ...['1', '[1, 2]', '"post code"', 'nan'].flatMap((text) =>
    [{}, { tolerance: { absolute: 0.02 } }, { exactType: true }].map((more) => ({
      kind: 'value',
      value: parsePythonLiteral(text),
      ...more,
    })),
  ),
  { kind: 'pattern', pattern: 'post ?code', ignoreCase: true },
  { kind: 'expression', expression: 'type(x) == int and x == 1' },
  { kind: 'expression', expression: 'len(x) == 2 and x[0] < 1.5' },
].map((answer) => expectedAnswer.parse(answer));

const now = () => new Date().toISOString();

/** The text of all files in a zip, read by Python. */
async function unzipped(response: Response): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'nbpulse-verdicts-'));
  try {
    const file = join(folder, 'a.zip');
    await writeFile(file, new Uint8Array(await response.arrayBuffer()));
    const script =
      'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(*(z.read(n).decode("utf-8", "replace") for n in z.namelist()))';
    return (await promisify(execFile)('python3', ['-c', script, file])).stdout;
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('verdicts', () => {
  const room = useClassroom();
  let students: Student[];
  const path = (key: string) => `/labs/${room.lab.id}/questions/${key}/expected`;
  const set = async (key: string, answer: ExpectedAnswer | null) => {
    const reply =
      answer === null
        ? await room.owner.request('DELETE', path(key))
        : await room.owner.request('PUT', path(key), { json: { answer } });
    expect(reply.status).toBe(200);
  };
  const send = async (who: Student, key: string, values: Value[]) => {
    const at = new Date().toISOString();
    const events = values.map((value, index) => ({ kind: 'record', seq: index + 1, madeAt: at, question: key, value }));
    const reply = await who.post(`/labs/${room.lab.id}/events`, { v: 1, stream: randomUUID(), sentAt: at, events });
    expect(reply.status).toBe(200);
  };
  /** Answer and verdict of each record, in the order of the answers' texts. */
  const stored = async (key: string) => {
    const rows = await room.database.db
      .select({ body: event.body, verdict: event.verdict })
      .from(event)
      .where(and(eq(event.labId, room.lab.id), eq(event.questionKey, key)));
    return rows.map(({ body, verdict }) => `${JSON.stringify(body)} ${String(verdict)}`).sort();
  };
  /** Records whose verdict is not what the question expects now. */
  const stale = async (key: string) => {
    const [row] = await room.database.db
      .select({ expected: question.expected, templateHash: question.templateHash })
      .from(question)
      .where(and(eq(question.labId, room.lab.id), eq(question.key, key)));
    const judge = questionJudge(row!);
    const rows = await room.database.db
      .select()
      .from(event)
      .where(and(eq(event.labId, room.lab.id), eq(event.questionKey, key)));
    return rows.filter(
      ({ answerHash, isError, body, verdict }) =>
        verdict !== verdictOf(judge, { hash: answerHash!, isError, value: () => body as Value }),
    );
  };

  beforeAll(async () => {
    students = await Promise.all(['Ada', 'Bob', 'Eve', 'Kim'].map((name) => room.join(name)));
  });

  it('of what was sent before are those of what is sent after', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...answers), { minLength: 1, maxLength: 12 }),
        fc.array(fc.constantFrom(...settings), { minLength: 1, maxLength: 2 }),
        async (values, wanted) => {
          const [before, after] = [`before-${String(++run)}`, `after-${String(run)}`];
          await send(students[0]!, before, values);
          for (const answer of wanted) await set(before, answer);
          await set(after, wanted.at(-1)!);
          await send(students[1]!, after, values);
          expect(await stored(before)).toEqual(await stored(after));
          expect(await stale(before)).toEqual([]);
        },
      ),
      { numRuns: 12 },
    );
  });

  it('are never those of an expected answer before, while records stream in', async () => {
    for (let round = 0; round < 8; round++) {
      const key = `race-${String(round)}`;
      const streaming = students.map(async (who, at) => {
        for (let batch = 0; batch < 4; batch++) {
          await send(
            who,
            key,
            [0, 1, 2].map((step) => answers[(at + batch * 3 + step + round) % answers.length]!),
          );
        }
      });
      const setting = (async () => {
        for (let step = 0; step < 3; step++) await set(key, settings[(round * 3 + step) % settings.length]!);
        if (round % 4 === 3) await set(key, null);
      })();
      await Promise.all([...streaming, setting]);
      expect(await stale(key)).toEqual([]);
    }
  });

  it('are there on a flush of the largest batch', async () => {
    await set('large', settings[1]!);
    const values = Array.from({ length: limits.batchEvents }, (_, v): Value => ({ t: 'float', v: v / 100 }));
    await send(students[0]!, 'large', values);
    const rows = await stored('large');
    expect(rows.filter((row) => row.endsWith(' right'))).toHaveLength(5);
    expect(rows.filter((row) => row.endsWith(' wrong'))).toHaveLength(limits.batchEvents - 5);
  });

  it('and expected answers reach staff, and in no way a participant', async () => {
    const kim = await room.join('Secret keeper');
    await set('secret', expectedAnswer.parse({ kind: 'pattern', pattern: 'SECRET-PATTERN' }));
    await send(kim, 'secret', [{ t: 'int', v: 1 }]);
    const staff = await room.owner.get(`/labs/${room.lab.id}/questions/secret/records?view=all`);
    const { records, question: seen } = questionRecords.parse(await staff.json());
    expect([records[0]!.verdict, seen.expected?.answer.kind]).toEqual(['wrong', 'pattern']);
    const own = [
      '/me',
      '/me/questions',
      '/me/questions/secret/records',
      '/me/records',
      `/me/records/${records[0]!.id}`,
    ];
    for (const address of own) {
      const reply = await kim.get(address);
      const told = await reply.text();
      expect([address, reply.status]).toEqual([address, 200]);
      expect(told).not.toMatch(/SECRET-PATTERN|"verdict":"|"expected":\{|judgedRev/);
    }
    const joined = await room.nobody.get(`/join/${room.lab.joinCode}`);
    expect(await joined.text()).not.toMatch(/SECRET-PATTERN|judgedRev/);
    const archive = await unzipped(await kim.get('/me/archive'));
    expect(archive).toContain('"summary"');
    expect(archive).not.toMatch(/SECRET-PATTERN|"verdict": ?"/);
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const init = method === 'PUT' ? { json: { answer: settings[0] } } : {};
      expect([401, 403, 404]).toContain((await kim.request(method, path('secret'), init)).status);
    }
    expect((await kim.get(`/labs/${room.lab.id}/state`)).status).toBe(403);

    const server = await listen(room.app);
    const socket = await connectSocket(server.url);
    socket.say({ v: wireVersion, type: 'hello', as: { role: 'participant', token: kim.token } });
    await socket.hears('welcome');
    await set('secret', expectedAnswer.parse({ kind: 'pattern', pattern: 'SECRET-PATTERN-2' }));
    const event = {
      kind: 'record' as const,
      seq: 1,
      madeAt: now(),
      question: 'secret',
      value: { t: 'int' as const, v: 2 },
    };
    const batch = { v: wireVersion as typeof wireVersion, stream: randomUUID(), sentAt: now(), events: [event] };
    socket.say({ v: wireVersion, type: 'events', id: 1, batch });
    await socket.hears('reply');
    expect(JSON.stringify(socket.heard)).not.toMatch(/SECRET|verdict|judgedRev/);
    await socket.close();
    await server.goAway();
  });
});
