/** What staff decide about a lab, and what of it participants are told. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { eq } from 'drizzle-orm';
import { lab as labTable } from '@nbpulse/schema/db';
import {
  day,
  defaultLabSettings,
  hour,
  joinPreview,
  labView,
  meView,
  type LabView,
  type Problem,
} from '@nbpulse/schema/wire';
import { useClassroom } from '../../test/classroom.js';

const room = useClassroom();
const from = (ms: number) => new Date(Date.now() + ms).toISOString();
const patch = (lab: LabView, json: unknown) => room.owner.request('PATCH', `/labs/${lab.id}`, { json });
const patched = async (lab: LabView, json: unknown): Promise<LabView> => {
  const response = await patch(lab, json);
  expect(response.status).toBe(200);
  return labView.parse(await response.json());
};
const refused = async (lab: LabView, json: unknown): Promise<Problem> => {
  const response = await patch(lab, json);
  expect(response.status).toBe(400);
  return (await response.json()) as Problem;
};

describe('the terms of a lab', () => {
  it('have defaults, are changed one by one, and are told before and after joining', async () => {
    const lab = await room.addLab('Terms');
    expect(lab.settings).toEqual(defaultLabSettings);
    await patched(lab, { settings: { activity: true } });
    const changed = await patched(lab, { settings: { mayDelete: true, parts: [' A ', 'B'] } });
    expect(changed.settings).toEqual({
      ...defaultLabSettings,
      activity: true,
      mayDelete: true,
      parts: ['A', 'B'],
    });
    const eraseAt = from(30 * day);
    expect((await patched(lab, { eraseAt })).eraseAt).toBe(eraseAt);
    const preview = joinPreview.parse(await (await room.nobody.get(`/join/${lab.joinCode}`)).json());
    expect(preview).toMatchObject({ activity: true, mayDelete: true, eraseAt, retentionMonths: 12 });
    const ada = await room.join('Ada', lab);
    expect(meView.parse(await (await ada.get('/me')).json()).lab).toMatchObject({
      activity: true,
      mayDelete: true,
      eraseAt,
    });
  });

  it('count months from the closing, ending in the month that is meant', async () => {
    const lab = await room.addLab('Months');
    expect(lab.eraseAt).toBeNull();
    const closed = await patched(lab, { status: 'closed', retentionMonths: 1 });
    expect(closed.eraseAt).not.toBeNull();
    const { db } = room.database;
    for (const [closedAt, months, eraseAt] of [
      ['2031-01-31T10:00:00.000Z', 1, '2031-02-28T10:00:00.000Z'],
      ['2032-01-31T10:00:00.000Z', 1, '2032-02-29T10:00:00.000Z'],
      ['2031-08-31T22:30:00.000Z', 6, '2032-02-29T22:30:00.000Z'],
      ['2031-11-21T10:00:00.000Z', 12, '2032-11-21T10:00:00.000Z'],
    ] as const) {
      await db
        .update(labTable)
        .set({ closedAt: new Date(closedAt) })
        .where(eq(labTable.id, lab.id));
      expect((await patched(lab, { retentionMonths: months })).eraseAt).toBe(eraseAt);
    }
    expect((await patched(lab, { status: 'open' })).eraseAt).toBeNull();
  });

  it('never promise a day that is past, in whichever way it is asked for', async () => {
    const lab = await room.addLab('Past');
    const past = await refused(lab, { eraseAt: from(-hour) });
    expect(past.fields?.eraseAt).toMatch(/is past\. Choose a day to come.*delete the lab/s);
    expect((await refused(lab, { eraseAt: from(11 * 366 * day) })).fields?.eraseAt).toContain('10 years');
    expect((await refused(lab, { eraseAt: 'tomorrow' })).fields?.eraseAt).toBeDefined();
    await patched(lab, { status: 'closed', eraseAt: from(day) });
    const { db } = room.database;
    await db
      .update(labTable)
      .set({ closedAt: new Date(from(-100 * day)) })
      .where(eq(labTable.id, lab.id));
    // One month after a closing that lies a hundred days back; and back to such months from a chosen day.
    await patched(lab, { retentionMonths: 1 });
    expect((await refused(lab, { eraseAt: null })).fields?.retentionMonths).toContain('would go at once');
    await patched(lab, { retentionMonths: 12, eraseAt: null });
    expect((await refused(lab, { retentionMonths: 2 })).fields?.retentionMonths).toContain('would go at once');
  });

  it.each([
    [['A', 'B', 'a'], /“a” is named twice/],
    [['Ａ', 'A'], /named twice/],
    [['x'.repeat(65)], /./],
    [[' '], /./],
    [Array.from({ length: 51 }, (_, index) => String(index)), /./],
  ])('have parts that can be told apart: not %j', async (parts, words) => {
    const lab = await room.addLab(`Parts ${randomUUID().slice(0, 4)}`);
    const problem = await refused(lab, { settings: { parts } });
    expect(problem.message).toMatch(words);
    expect(Object.keys(problem.fields ?? {}).join()).toContain('settings.parts');
  });

  it('begin with the course’s months; what the course says later is for later labs', async () => {
    const before = await room.addLab('Before');
    const path = `/courses/${room.course}`;
    const set = (retentionMonths: unknown) => room.owner.request('PATCH', path, { json: { retentionMonths } });
    expect(await (await set(3)).json()).toMatchObject({ retentionMonths: 3 });
    expect((await room.addLab('After')).retentionMonths).toBe(3);
    expect((await patched(before, { name: 'Still before' })).retentionMonths).toBe(12);
    for (const wrong of [0, 121, 1.5, 'a year']) expect((await set(wrong)).status).toBe(400);
    await set(12);
  });

  it('are set by teachers only', async () => {
    const lab = await room.addLab('Rights');
    const assistant = await room.addStaff('assistant');
    const ada = await room.join('Ada', lab);
    for (const who of [room.nobody, assistant, ada]) {
      const answer = await who.request('PATCH', `/labs/${lab.id}`, { json: { settings: { activity: true } } });
      expect([401, 403]).toContain(answer.status);
    }
  });
});
