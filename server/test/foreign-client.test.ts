/** The client that docs/comm-protocol.md shows, run as it stands: it knows nothing of our package, only of the document. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { batchReply, kernelMessage, pageMessage, value } from '@nbpulse/schema/wire';
import { useClassroom } from './classroom.js';
import { listen } from './listen.js';
import { noteNoPython, python } from './python-session.js';

noteNoPython('the client of docs/comm-protocol.md');
const text = readFileSync(new URL('../../docs/comm-protocol.md', import.meta.url), 'utf8');
const blocks = (language: string): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(?<code>.*?)^\`\`\`$`, 'gms'))].map(
    (found) => found.groups?.['code'] ?? '',
  );

describe('docs/comm-protocol.md', () => {
  const room = useClassroom();

  it.skipIf(python === null)('shows a client whose records are saved', async () => {
    const [client, ...others] = blocks('python');
    expect(others).toEqual([]);
    const server = await listen(room.app);
    try {
      const env = { PATH: process.env['PATH'], SERVER: server.url, CODE: room.lab.joinCode, NO_PROXY: '*' };
      const { stdout } = await promisify(execFile)(python ?? '', ['-I', '-c', client ?? ''], { env, timeout: 60_000 });
      expect(batchReply.parse(JSON.parse(stdout))).toMatchObject({ saved: [1, 2], refused: [] });
    } finally {
      await server.goAway();
    }
    const rows = await room.database.db.execute<{ question: string; part: string | null; summary: string }>(sql`
      SELECT e.question_key AS question, e.part, e.summary FROM event e JOIN participant p ON p.id = e.participant_id
      WHERE p.name = 'Ross' ORDER BY e.seq`);
    expect([...rows]).toEqual([
      { question: '1', part: null, summary: '2.5' },
      { question: '2', part: 'B', summary: 'hello' },
    ]);
  });

  it('shows values that the wire takes unchanged', () => {
    const shown = [...text.matchAll(/`(?<json>\{"t": .*?\})`/g)].map(
      (found) => JSON.parse(found.groups?.['json'] ?? '') as unknown,
    );
    expect(shown.length).toBeGreaterThanOrEqual(9);
    for (const one of shown) expect(value.parse(one)).toEqual(one);
  });

  it('shows comm messages that the page and the kernel understand', () => {
    const messages = blocks('json').map((block) => JSON.parse(block) as { type: string });
    expect(messages.map(({ type }) => type)).toEqual(['hello', 'events', 'saved']);
    for (const message of messages) {
      const shape = message.type === 'saved' ? pageMessage : kernelMessage;
      expect(shape.parse(message)).toEqual(message);
    }
  });
});
