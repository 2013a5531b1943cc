import { randomUUID } from 'node:crypto';
import { count } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { blob, checkpoint } from '@nbpulse/schema/db';
import { checkpointReply, labLog, limits, problem } from '@nbpulse/schema/wire';
import { useClassroom } from '../../test/classroom.js';
import { notebook } from '../../test/course-work.js';
import { sha256Of } from './checkpoints.js';

const room = useClassroom();
const utf8 = new TextEncoder();
const replyOf = async (response: Response) => {
  expect(response.status).toBe(200);
  return checkpointReply.parse(await response.json());
};
const rows = async (table: typeof blob | typeof checkpoint): Promise<number> =>
  (await room.database.db.select({ n: count() }).from(table))[0]!.n;
const read = (id: string, staff = room.owner) => staff.get(`/labs/${room.lab.id}/checkpoints/${id}/notebook`);

describe('a checkpoint', () => {
  it('is in the lab’s log, and its exact bytes come back to staff', async () => {
    const ada = await room.join('Ada');
    const bytes = notebook(
      ['1 + 1'],
      [{ output_type: 'display_data', data: { 'image/png': 'QUJD'.repeat(20_000) }, metadata: {} }],
    );
    const saved = await replyOf(
      await ada.upload('/me/checkpoints', bytes, randomUUID(), { 'x-nbpulse-made-at': '2026-01-02T03:04:05+01:00' }),
    );
    expect(saved).toMatchObject({ sha256: sha256Of(bytes), unchanged: false });

    const response = await read(saved.id);
    expect(Buffer.from(await response.arrayBuffer()).equals(Buffer.from(bytes))).toBe(true);
    expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="checkpoint-/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');

    const log = labLog.parse(await (await room.owner.get(`/labs/${room.lab.id}/log?since=0`)).json());
    expect(log.changes).toContainEqual(
      expect.objectContaining({
        kind: 'checkpoint',
        checkpoint: expect.objectContaining({
          id: saved.id,
          participant: ada.participant,
          madeAt: '2026-01-02T02:04:05.000Z',
        }),
      }),
    );
  });

  it('that did not change adds no row and no blob', async () => {
    const grace = await room.join('Grace');
    const first = await replyOf(await grace.upload('/me/checkpoints', notebook(['a'])));
    const before = [await rows(checkpoint), await rows(blob)];
    const second = await replyOf(await grace.upload('/me/checkpoints', notebook(['a'])));
    expect(second).toEqual({ ...first, unchanged: true });
    expect([await rows(checkpoint), await rows(blob)]).toEqual(before);
    // Back to an older state is a change.
    await replyOf(await grace.upload('/me/checkpoints', notebook(['b'])));
    expect((await replyOf(await grace.upload('/me/checkpoints', notebook(['a'])))).unchanged).toBe(false);
  });

  it('that is uploaded twice counts once, also when both come together', async () => {
    const emmy = await room.join('Emmy');
    const id = randomUUID();
    const before = await rows(checkpoint);
    const replies = await Promise.all([1, 2, 3].map(() => emmy.upload('/me/checkpoints', notebook(['twice']), id)));
    for (const response of replies) expect((await replyOf(response)).id).toBe(id);
    expect(await rows(checkpoint)).toBe(before + 1);
    const other = await emmy.upload('/me/checkpoints', notebook(['other']), id);
    expect([other.status, problem.parse(await other.json()).error]).toEqual([409, 'conflict']);
  });

  it('can be made again from one’s own earlier upload, by its hash alone, and from nobody else’s', async () => {
    const sofia = await room.join('Sofia');
    const bytes = notebook(['mine']);
    const sha256 = sha256Of(bytes);
    const byHash = (who: typeof sofia, id: string = randomUUID()) =>
      who.upload('/me/checkpoints', new Uint8Array(), id, { 'x-nbpulse-sha256': sha256 });
    expect((await sofia.request('HEAD', `/me/checkpoints/${sha256}`)).status).toBe(404);
    expect((await byHash(sofia)).status).toBe(404);
    await replyOf(await sofia.upload('/me/checkpoints', bytes));
    expect((await sofia.request('HEAD', `/me/checkpoints/${sha256}`)).status).toBe(204);
    await replyOf(await sofia.upload('/me/checkpoints', notebook(['in between'])));
    const again = await replyOf(await byHash(sofia));
    expect(again).toMatchObject({ sha256, unchanged: false });
    expect(sha256Of(new Uint8Array(await (await read(again.id)).arrayBuffer()))).toBe(sha256);

    const spy = await room.join('Spy');
    expect((await spy.request('HEAD', `/me/checkpoints/${sha256}`)).status).toBe(404);
    expect((await byHash(spy)).status).toBe(404);
  });

  it('may be sent from a notebook’s page, which is of another origin', async () => {
    const preflight = await room.nobody.request('OPTIONS', '/me/checkpoints');
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    const allowed = preflight.headers.get('access-control-allow-headers') ?? '';
    for (const name of ['authorization', 'x-nbpulse-id', 'x-nbpulse-made-at', 'x-nbpulse-sha256'])
      expect(allowed).toContain(name);
    const hypatia = await room.join('Hypatia');
    const head = await hypatia.request('HEAD', `/me/checkpoints/${'0'.repeat(64)}`);
    expect(head.headers.get('access-control-allow-origin')).toBe('*');
  });

  it.each([
    ['not JSON', utf8.encode('# not a notebook'), 422, 'it is not valid JSON'],
    ['not UTF-8', Uint8Array.from([0x22, 0xff, 0x22]), 422, 'it is not valid JSON'],
    [
      'an old format',
      utf8.encode('{"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": []}'),
      422,
      'only format 4',
    ],
    ['other JSON', utf8.encode('{"hello": 1}'), 422, 'not a notebook'],
    ['empty', new Uint8Array(), 422, 'it is not valid JSON'],
    [
      'slightly too large',
      notebook(['x'.repeat(limits.notebookBytes)]),
      413,
      'A notebook with its outputs can have at most 10 MiB',
    ],
    ['far too large', notebook(['x'.repeat(2 * limits.notebookBytes)]), 413, 'at most 10 MiB'],
  ])('of a file that is %s is refused in words', async (_, bytes, status, words) => {
    const lise = await room.join(`Lise ${randomUUID()}`);
    const response = await lise.upload('/me/checkpoints', bytes);
    const told = problem.parse(await response.json());
    expect([response.status, told.message]).toEqual([status, expect.stringContaining(words)]);
  });

  it('needs a UUID of the client’s, a real time, an open lab', async () => {
    const mary = await room.join('Mary');
    const noId = await mary.request('POST', '/me/checkpoints', { bytes: notebook(['1']) });
    expect([noId.status, problem.parse(await noId.json()).message]).toEqual([
      400,
      expect.stringContaining('x-nbpulse-id'),
    ]);
    const when = await mary.upload('/me/checkpoints', notebook(['1']), randomUUID(), {
      'x-nbpulse-made-at': 'yesterday',
    });
    expect(when.status).toBe(400);
    const lab = await room.addLab('Closing');
    const ruth = await room.join('Ruth', lab);
    await room.owner.request('PATCH', `/labs/${lab.id}`, { json: { status: 'closed' } });
    const closed = await ruth.upload('/me/checkpoints', notebook(['1']));
    expect([closed.status, problem.parse(await closed.json()).error]).toEqual([409, 'lab-closed']);
  });

  it('is for staff of its own lab only', async () => {
    const ada = await room.join('Ada L');
    const saved = await replyOf(await ada.upload('/me/checkpoints', notebook(['private'])));
    expect((await read(saved.id, await room.addStaff('assistant'))).status).toBe(403);
    expect((await ada.get(`/labs/${room.lab.id}/checkpoints/${saved.id}/notebook`)).status).toBe(403);
    const lab = await room.addLab('Other');
    expect((await room.owner.get(`/labs/${lab.id}/checkpoints/${saved.id}/notebook`)).status).toBe(404);
  });
});
