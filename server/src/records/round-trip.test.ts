/**
 * Any value goes from Python to the page and is still itself: real `nbpulse.send` in a Python process, its HTTP pipe, this server on a
 * real Postgres, the API, and the pages' own decoding. Python says what each value is (extension/test_python/described.py) and
 * the page's decoded values must say the same; then Python reads what the API gave with a reader of its own and compares with the
 * values that it still holds.
 *
 * Values are made from a seed, which is in every failure's message: NBPULSE_SEED=… repeats it, NBPULSE_VALUES=… makes more.
 */
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { questionRecords, summaryOf, type Value } from '@nbpulse/schema/wire';
import { described, type Described } from '../../web/src/values/described.test-model.js';
import { pythonText } from '../../web/src/values/python-text.js';
import { useClassroom } from '../../test/classroom.js';
import { listen, type Listening } from '../../test/listen.js';

interface Sent {
  expected: { kind: string; part: string; is: Described; prints?: string | null }[];
  refused: string[];
  unsaved: number;
}
const python = process.env['NBPULSE_DEVELOP_PYTHON'];
const peer = fileURLToPath(new URL('../../../extension/test_python/round_trip_peer.py', import.meta.url));
const seed = Number(process.env['NBPULSE_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const count = Number(process.env['NBPULSE_VALUES'] ?? 50);

if (!python && process.env['NBPULSE_SKIPS']) {
  const skip = { what: 'round trip of values: no Python for tests', cure: 'npm test' };
  appendFileSync(process.env['NBPULSE_SKIPS'], `${JSON.stringify(skip)}\n`);
}

describe.skipIf(!python)(`values made from seed ${String(seed)}`, () => {
  const room = useClassroom();
  let server: Listening;
  let state: string;
  let sent: Sent;
  const stored = new Map<string, Value>();
  let compared: { compared: number; problems: string[] };

  beforeAll(async () => {
    server = await listen(room.app);
    state = await mkdtemp(join(tmpdir(), 'nbpulse-round-trip-'));
    const ada = await room.join('Ada');
    const child = spawn(python ?? '', [peer, String(seed), String(count)], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: {
        ...process.env,
        PYTHONDONTWRITEBYTECODE: '1',
        XDG_STATE_HOME: state,
        NBPULSE_SERVER: server.url,
        NBPULSE_LAB: room.lab.id,
        NBPULSE_PARTICIPANT: ada.participant,
        NBPULSE_TOKEN: ada.token,
      },
    });
    const exited = new Promise((settle) => child.once('close', settle));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const said = async (): Promise<unknown> => {
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`Python ended early (seed ${String(seed)}): ${String(await exited)}`);
      return JSON.parse(value);
    };
    try {
      sent = (await said()) as Sent;
      for (const kind of new Set(sent.expected.map(({ kind }) => kind))) {
        const response = await room.owner.get(`/labs/${room.lab.id}/questions/${kind}/records?view=all`);
        for (const { part, value } of questionRecords.parse(await response.json()).records) {
          if (part === null || value === null || stored.has(part)) throw new Error(`${kind} ${String(part)} twice`);
          stored.set(part, value);
        }
      }
      child.stdin.write(`${JSON.stringify(Object.fromEntries(stored))}\n`);
      compared = (await said()) as typeof compared;
    } finally {
      child.stdin.end();
      if (child.exitCode === null && stored.size === 0) child.kill();
      await exited;
    }
  }, 120_000);
  afterAll(async () => {
    await server.goAway();
    await rm(state, { recursive: true });
  });

  it('are all taken, saved, and there once', () => {
    expect(sent.refused).toEqual([]);
    expect(sent.unsaved).toBe(0);
    expect(sent.expected.length).toBeGreaterThan(4 * count * 0.8);
    expect(sent.expected.map(({ part }) => part).filter((part) => !stored.has(part))).toEqual([]);
  });

  it('are on the page what they are in Python', () => {
    const wrong = sent.expected.flatMap(({ part, is }) => {
      const value = stored.get(part);
      const shown = value ? sorted(described(value)) : null;
      return JSON.stringify(shown) === JSON.stringify(sorted(is)) ? [] : [JSON.stringify({ part, shown, is, value })];
    });
    expect(wrong.slice(0, 3)).toEqual([]);
  });

  it('that are numbers read as Python prints them', () => {
    const printed = sent.expected.filter(({ prints }) => typeof prints === 'string' && prints.length <= 100);
    expect(printed.length).toBeGreaterThan(0);
    for (const { part, prints } of printed) {
      const value = stored.get(part);
      expect(value && [summaryOf(value), pythonText(value)]).toEqual([prints, prints]);
    }
  });

  it('are read back in Python exactly', () => {
    expect(compared.problems.slice(0, 3)).toEqual([]);
    expect(compared.compared).toBe(sent.expected.length);
  });
});

/** Members of sets have no order: by their text. */
function sorted(what: unknown): unknown {
  if (!Array.isArray(what)) return what;
  const items: unknown[] = what.map(sorted);
  const [tag, members] = items;
  if ((tag !== 'set' && tag !== 'frozenset') || !Array.isArray(members)) return items;
  const texts = members.map((member): [string, unknown] => [JSON.stringify(member), member]);
  return [tag, texts.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, member]) => member)];
}
