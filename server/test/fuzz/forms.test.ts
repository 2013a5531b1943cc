/** The form posts of tracker notebooks, which prove nothing about their sender: B, who joined, is nobody that they can reach. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { publicUrl } from '../classroom.js';
import { hostileText, nested } from './hostile.js';
import { secret, useFuzzRoom } from './room.js';
import { fuzz, fuzzTimeoutMs } from './runs.js';

const room = useFuzzRoom();

const doors = ['/add-record', '/add-record', '/add-record', '/send-push', '/add-session', '/add-part', '/del-records'];
const looks = [
  '/get-send-code',
  '/get-pushes',
  '/get-sessions',
  '/get-session',
  '/get-records',
  '/rec-count',
  '/js/jpt-client.js',
];

function fields(): fc.Arbitrary<[string, string][]> {
  const mostly = (right: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc.oneof({ arbitrary: right, weight: 8 }, { arbitrary: hostileText, weight: 1 });
  const numbers = fc.constantFrom(
    '[1]',
    '[NaN, -Infinity]',
    '[[1, 2], [3]]',
    '[1e999]',
    '[12345678901234567890]',
    nested(30),
    nested(90_000),
    '[1, ]',
    '{"__proto__": [1]}',
    '{"a": {"b": "\\u0000"}}',
    '"\\ud800"',
    '[-]',
    '-',
    '',
  );
  const model = fc.record({
    question_nb: mostly(fc.constantFrom('1', '2', 'warm-up')),
    session_name: mostly(fc.constant(room.lab.name)),
    part_name: mostly(fc.constant('default')),
    session_owner: mostly(fc.constantFrom('owner', 'OWNER', 'stranger')),
    // B's own name among them; the secret in it is what may not come back.
    sender_name: mostly(fc.constantFrom(room.b.name, 'A0', 'Ada', 'Grace')),
    sender_uuid: mostly(fc.constantFrom('host-1', room.b.participant, ...room.ids.slice(0, 4))),
    type: mostly(fc.constantFrom('str', 'ndarray', 'list', 'dict', 'code', 'image')),
    data: fc.oneof(
      numbers,
      hostileText,
      fc.jsonValue().map((json) => JSON.stringify(json)),
    ),
    name: mostly(fc.constantFrom('Again', room.lab.name)),
    description: mostly(fc.constant('')),
    number: mostly(fc.constantFrom('1', '2')),
    session_id: mostly(fc.constantFrom(...room.ids)),
    title: hostileText,
    body: hostileText,
    code: hostileText,
    'record_ids[]': mostly(fc.constantFrom(...room.ids)),
  });
  return fc
    .tuple(model, fc.subarray(['data', 'part_name', 'session_owner', 'type'], { maxLength: 1 }), fc.nat(6))
    .map(([all, without, some]) =>
      some === 0 ? Object.entries(all).filter(([name]) => !without.includes(name)) : Object.entries(all),
    );
}

const picture = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), bytes])),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
);

/** As the notebooks send it, or nearly. */
function form(): fc.Arbitrary<{ type: string; body: Buffer }> {
  const urlencoded = fields().map((all) => ({
    type: 'application/x-www-form-urlencoded',
    body: Buffer.from(new URLSearchParams(all).toString()),
  }));
  const multipart = fc
    .tuple(fields(), picture, fc.constantFrom('edge', 'a b', '', '"'), fc.boolean())
    .map(([all, bytes, edge, whole]) => ({
      type: `multipart/form-data; boundary=${edge}`,
      body: Buffer.concat([
        ...all.map(([name, value]) =>
          Buffer.from(
            `--${edge}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${name === 'type' ? 'image' : value}\r\n`,
          ),
        ),
        Buffer.from(`--${edge}\r\nContent-Disposition: form-data; name="file"; filename="file"\r\n\r\n`),
        bytes,
        Buffer.from(whole ? `\r\n--${edge}--\r\n` : '\r\n'),
      ]),
    }));
  const damaged = fc.constantFrom(
    { type: 'multipart/form-data', body: Buffer.from('x') },
    { type: 'application/json', body: Buffer.from('{}') },
    { type: 'application/x-www-form-urlencoded', body: Buffer.from('%ff%fe=%&&&=%00&session_name=%') },
    { type: 'application/x-www-form-urlencoded', body: Buffer.alloc(300_000, 'a&') },
    { type: 'text/plain', body: Buffer.alloc(0) },
  );
  return fc.oneof(
    { arbitrary: urlencoded, weight: 6 },
    { arbitrary: multipart, weight: 3 },
    { arbitrary: damaged, weight: 1 },
  );
}

describe('the form posts', () => {
  it('answer everything in words, and reach nobody who has joined', { timeout: fuzzTimeoutMs }, async () => {
    const statuses = new Map<string, number>();
    const callers = fc.constantFrom<Record<string, string>[]>(
      {},
      {},
      { cookie: room.stranger.cookie, origin: publicUrl },
      { cookie: room.assistant, origin: publicUrl },
      { cookie: room.stranger.cookie, origin: 'https://elsewhere.example' },
      { authorization: `Bearer ${room.attackers[0]!.token}` },
    );
    const post = fc.tuple(fc.constantFrom(...doors), form(), callers).map(([path, sent, caller]) => ({
      path,
      init: {
        method: path === '/del-records' ? 'DELETE' : 'POST',
        headers: { 'content-type': sent.type, ...caller },
        body: sent.body as BodyInit,
      },
    }));
    const look = fc
      .tuple(fc.constantFrom(...looks), fc.constantFrom(...room.ids), hostileText, callers)
      .map(([path, id, text, headers]) => {
        const query = new URLSearchParams({ sid: id, id, since: text, channel: text });
        return { path: `${path}?${query.toString()}`, init: { method: 'GET', headers } };
      });
    const one = fc.oneof({ arbitrary: post, weight: 5 }, { arbitrary: look, weight: 1 });
    await fuzz(
      'form posts',
      60,
      fc.asyncProperty(fc.array(one, { minLength: 6, maxLength: 10 }), async (wanted) => {
        await Promise.all(
          wanted.map(async ({ path, init }) => {
            const url = `${room.url}${path}`;
            const options = { ...init, redirect: 'manual' } as const;
            const reply = await fetch(url, options).catch(() => fetch(url, options));
            const text = await reply.text();
            const about = `${init.method} ${path.slice(0, 100)} → ${reply.status} ${text.slice(0, 200)}`;
            expect(reply.status, about).toBeLessThan(500);
            expect(text.includes(secret), `what is B’s was read by ${about}`).toBe(false);
            const status = `${path.split('?')[0] ?? ''} ${reply.status}`;
            statuses.set(status, (statuses.get(status) ?? 0) + 1);
          }),
        );
      }),
    );
    process.stdout.write(
      `${[...statuses]
        .sort()
        .map(([status, times]) => `${status} ×${times}`)
        .join(', ')}\n`,
    );
    expect(statuses.get('/add-record 200') ?? 0).toBeGreaterThan(0);
    // Under B's very name somebody else has sent: shown as another one, unverified.
    const { participants } = (await (await room.room.owner.get(`/labs/${room.lab.id}/state`)).json()) as {
      participants: { id: string; name: string; unverified: boolean }[];
    };
    expect(participants.filter((who) => !who.unverified && who.name === room.b.name).map((who) => who.id)).toEqual([
      room.b.participant,
    ]);
  });
});
