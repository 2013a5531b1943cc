/** What a lab still takes when it is closed, and that a deleted one takes and gives nothing, wherever one knocks. */
import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { lab as labTable } from '@nbpulse/schema/db';
import { hour, labLog, minute, myPageLink, myRecords, second, type LabView, type Problem } from '@nbpulse/schema/wire';
import { useClassroom, type Student } from '../../test/classroom.js';

const room = useClassroom();
const agoText = (ms: number) => new Date(Date.now() - ms).toISOString();

/** One record, made and sent so long ago by the student's own clock, which may be wrong. */
async function send(who: Student, lab: LabView, { madeAgoMs, clockMs = 0 }: { madeAgoMs: number; clockMs?: number }) {
  const response = await who.post(`/labs/${lab.id}/events`, {
    v: 1,
    stream: randomUUID(),
    sentAt: agoText(-clockMs),
    events: [
      { kind: 'record', seq: 1, madeAt: agoText(madeAgoMs - clockMs), question: '1', value: { t: 'int', v: 1 } },
    ],
  });
  return (await response.json()) as { saved: number[]; refused: { code: string }[] };
}
/** A lab that closed ten minutes ago, and somebody who had joined. */
async function closedTenMinutesAgo(): Promise<{ lab: LabView; ada: Student }> {
  const lab = await room.addLab(randomUUID());
  const ada = await room.join('Ada', lab);
  await room.owner.request('PATCH', `/labs/${lab.id}`, { json: { status: 'closed' } });
  const closedAt = new Date(Date.now() - 10 * minute);
  await room.database.db.update(labTable).set({ closedAt }).where(eq(labTable.id, lab.id));
  return { lab, ada };
}

describe('a closed lab', () => {
  it.each([
    ['the clock is right', 0],
    ['the clock is an hour ahead', 1 * hour],
    ['the clock is a day behind', -24 * hour],
  ])('takes late what was made before it closed, and says so to everybody; %s', async (_what, clockMs) => {
    const { lab, ada } = await closedTenMinutesAgo();
    expect(await send(ada, lab, { madeAgoMs: 11 * minute, clockMs })).toMatchObject({ saved: [1], refused: [] });
    const { records } = myRecords.parse(await (await ada.get('/me/records')).json());
    expect(records).toMatchObject([{ late: true }]);
    const { madeAt, receivedAt } = records[0]!;
    // By the server's clock: whatever the student's says.
    expect(Date.parse(receivedAt) - Date.parse(madeAt)).toBeGreaterThan(11 * minute - 5 * second);
    expect(Date.parse(receivedAt) - Date.parse(madeAt)).toBeLessThan(11 * minute + 5 * second);
    const log = labLog.parse(await (await room.owner.get(`/labs/${lab.id}/log?since=0`)).json());
    expect(log.changes).toContainEqual(
      expect.objectContaining({ kind: 'record', record: expect.objectContaining({ late: true }) }),
    );
  });

  it.each([
    ['the clock is right', 0],
    ['the clock is an hour behind, so that it seems to be from before', -1 * hour],
    ['the clock is an hour ahead', 1 * hour],
  ])('refuses what was made after it closed; %s', async (_what, clockMs) => {
    const { lab, ada } = await closedTenMinutesAgo();
    expect(await send(ada, lab, { madeAgoMs: 9 * minute, clockMs })).toMatchObject({
      saved: [],
      refused: [{ code: 'lab-closed' }],
    });
  });
});

describe('a deleted lab', () => {
  it('answers 410 to its participants on every route, to its join code, and to a link made before', async () => {
    const lab = await room.addLab('To be deleted');
    const ada = await room.join('Ada', lab);
    expect(await send(ada, lab, { madeAgoMs: 0 })).toMatchObject({ saved: [1] });
    const { url } = myPageLink.parse(await (await ada.request('POST', '/me/page')).json());
    expect((await room.owner.request('DELETE', `/labs/${lab.id}`, { json: { joinCode: lab.joinCode } })).status).toBe(
      204,
    );

    const routes = room.app.routes.filter(({ spec }) => spec.access === 'participant');
    expect(routes.length).toBeGreaterThan(12);
    const gone = async (what: string, response: Response) => {
      const { error, message } = (await response.json()) as Problem;
      expect([what, response.status, error]).toEqual([what, 410, 'lab-deleted']);
      expect(message).toContain('deleted');
    };
    for (const { spec } of routes) {
      const path = spec.path.replace('{lab}', lab.id).replaceAll(/\{\w+\}/g, randomUUID());
      await gone(
        `${spec.method} ${path}`,
        await ada.request(spec.method.toUpperCase(), path, spec.body ? { json: {} } : {}),
      );
    }
    await gone('preview', await room.nobody.get(`/join/${lab.joinCode}`));
    const device = { kind: 'page', label: '' };
    await gone('join', await room.nobody.post('/join', { code: lab.joinCode, name: 'Bob', device }));
    await gone('open', await room.nobody.post('/me/open', { code: url.split('code=')[1] }));
    for (const { spec } of room.app.routes) {
      if (spec.method !== 'get' || !spec.path.startsWith('/labs/{lab}/') || spec.access === 'participant') continue;
      const path = spec.path.replace('{lab}', lab.id).replaceAll(/\{\w+\}/g, randomUUID());
      expect([path, (await room.owner.get(path)).status]).toEqual([path, 410]);
    }
  });
});
