/** No id of somebody else's thing opens it, whichever route it is put into: all routes for participants are tried. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { labState, myCheckpoints, myDevices, myRecords } from '@nbpulse/schema/wire';
import { useClassroom, type Student } from '../../test/classroom.js';
import { doubling, notebook } from '../../test/course-work.js';

const room = useClassroom();
const secret = `SECRET${randomUUID().slice(0, 8)}`;
const bytes = Buffer.from(`a picture of ${secret}`);

describe('another participant', () => {
  let victim: Student;
  let attacker: Student;
  let elsewhere: Student;
  let ids: string[];
  let before: unknown;

  const everythingOf = async (who: Student) => ({
    records: myRecords.parse(await (await who.get('/me/records')).json()),
    checkpoints: myCheckpoints.parse(await (await who.get('/me/checkpoints')).json()),
    submissions: await (await who.get('/me/submissions')).json(),
    state: labState.parse(await (await room.owner.get(`/labs/${room.lab.id}/state`)).json()).cells,
  });

  beforeAll(async () => {
    const lab = await room.addLab('Elsewhere');
    const settings = { mayDelete: true, activity: true };
    for (const one of [room.lab, lab]) await room.owner.request('PATCH', `/labs/${one.id}`, { json: { settings } });
    await room.owner.post(`/courses/${room.course}/assignments`, doubling());
    await room.owner.request('PUT', `/labs/${room.lab.id}/assignments/doubling`);
    [victim, attacker, elsewhere] = [
      await room.join('Victim'),
      await room.join('Eve'),
      await room.join('Mallory', lab),
    ];
    const { sha256 } = await room.app.blobs.put(bytes);
    const image = { t: 'image', mime: 'image/png', of: 'x', n: bytes.length, sha256, b64: bytes.toString('base64') };
    const at = new Date().toISOString();
    const stream = randomUUID();
    const values = [{ t: 'str', v: secret }, image, { t: 'rich', cls: 'W', mime: 'text/html', data: { v: secret } }];
    const events = values.map((value, index) => ({
      kind: 'record',
      seq: index + 1,
      madeAt: at,
      question: secret,
      value,
    }));
    await victim.post(`/labs/${room.lab.id}/events`, { v: 1, stream, sentAt: at, events });
    await victim.upload('/me/checkpoints', notebook([`# ${secret}`]));
    await victim.upload('/me/submissions', notebook([`# ${secret} !`]));
    const [records, checkpoints, devices, submissions] = [
      myRecords.parse(await (await victim.get('/me/records')).json()).records,
      myCheckpoints.parse(await (await victim.get('/me/checkpoints')).json()).checkpoints,
      myDevices.parse(await (await victim.get('/me/devices')).json()).devices,
      ((await (await victim.get('/me/submissions')).json()) as { submissions: { id: string; sha256: string }[] })
        .submissions,
    ];
    expect([records.length, checkpoints.length, devices.length, submissions.length]).toEqual([3, 1, 1, 1]);
    ids = [
      ...[...records, ...checkpoints, ...devices, ...submissions].map((one) => one.id),
      ...[...checkpoints, ...submissions].map((one) => one.sha256),
      sha256,
      stream,
      victim.participant,
      secret,
      room.lab.id,
    ];
    before = await everythingOf(victim);
  });

  it('neither reads nor changes anything with the ids of it', async () => {
    const routes = room.app.routes.filter(({ spec }) => spec.access === 'participant' && spec.path.includes('{'));
    expect(routes.length).toBeGreaterThan(8);
    for (const { spec } of routes) {
      for (const id of ids) {
        const path = spec.path.replaceAll(/\{\w+\}/g, encodeURIComponent(id));
        for (const who of [attacker, elsewhere]) {
          const response = await who.request(spec.method.toUpperCase(), path, spec.body ? { json: {} } : {});
          const text = await response.text();
          const what = `${spec.method} ${path}: ${String(response.status)} ${text.slice(0, 200)}`;
          // An empty list of one's own is an answer, too; anything else is refused.
          if (response.status === 200) expect(text, what).toBe('{"records":[],"more":false}');
          else expect([400, 403, 404, 429], what).toContain(response.status);
          if (response.status !== 200 && id !== secret) expect(text, what).not.toContain(secret);
        }
      }
    }
    expect(await everythingOf(victim)).toEqual(before);
  });

  it('gets a sentence for any text in the place of an id or a number, and never a fault', async () => {
    const fuzzer = await room.join('Fuzzer');
    const routes = room.app.routes.filter(({ spec }) => spec.access === 'participant' || spec.access === 'link-holder');
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...routes),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
        fc.oneof(fc.jsonValue(), fc.record({ code: fc.string(), sending: fc.anything({ maxDepth: 1 }) })),
        async ({ spec }, text, json) => {
          const path = `${spec.path.replaceAll(/\{\w+\}/g, encodeURIComponent(text))}?limit=${encodeURIComponent(text)}`;
          const response = await fuzzer.request(spec.method.toUpperCase(), path, spec.body ? { json } : {});
          expect(response.status, `${spec.method} ${path}`).toBeLessThan(500);
          await response.arrayBuffer();
        },
      ),
      { numRuns: 150 },
    );
  });
});
