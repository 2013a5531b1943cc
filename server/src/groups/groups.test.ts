import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { answerGroupMember, event, knownMistake } from '@nbpulse/schema/db';
import {
  groupEdited,
  knownMistakes,
  labLog,
  mistakeForgotten,
  questionGroups,
  type AnswerGroup,
  type GroupEdited,
  type LabView,
  type QuestionGroups,
  type Value,
} from '@nbpulse/schema/wire';
import { useClassroom, type Caller, type Student } from '../../test/classroom.js';
import { Grouper } from './grouper.js';

const room = useClassroom();
const text = (v: string): Value => ({ t: 'str', v });
const source = (src: string): Value => ({ t: 'code', kind: 'function', name: 'f', src: { v: src } });

let lab: LabView;
beforeEach(async () => {
  lab = await room.addLab(`Lab ${randomUUID().slice(0, 8)}`);
});

async function send(who: Student, question: string, ...values: Value[]): Promise<void> {
  const at = new Date().toISOString();
  const events = values.map((value, index) => ({ kind: 'record', seq: index + 1, madeAt: at, question, value }));
  const reply = await who.post(`/labs/${lab.id}/events`, { v: 1, stream: randomUUID(), sentAt: at, events });
  expect(reply.status, await reply.clone().text()).toBe(200);
}
const pathOf = (question: string, of = lab) => `/labs/${of.id}/questions/${encodeURIComponent(question)}/groups`;
async function read(question = '1', of = lab): Promise<QuestionGroups> {
  const reply = await room.owner.get(pathOf(question, of));
  expect(reply.status, await reply.clone().text()).toBe(200);
  return questionGroups.parse(await reply.json());
}
async function edit(body: unknown, question = '1', who: Caller = room.owner): Promise<GroupEdited> {
  const reply = await who.post(pathOf(question), body);
  expect(reply.status, await reply.clone().text()).toBe(200);
  return groupEdited.parse(await reply.json());
}
/** How many answers each group has, with its label. */
const shape = ({ groups }: QuestionGroups) =>
  groups.map(({ label, hashes }) => `${label} ×${String(hashes.length)}`).sort();
const labelled = ({ groups }: QuestionGroups, label: string): AnswerGroup => {
  const found = groups.find((one) => one.label === label);
  if (!found) throw new Error(`no group “${label}” among ${groups.map((one) => one.label).join(', ')}`);
  return found;
};
const inOrder = async (...answers: [name: string, ...values: string[]][]): Promise<Student[]> => {
  const students = [];
  for (const [name, ...values] of answers) {
    const who = await room.join(name, lab);
    for (const value of values) await send(who, '1', text(value));
    students.push(who);
  }
  return students;
};

describe('groups of answers', () => {
  it('are equal and near-equal answers together, the commonest first, with the rule in words', async () => {
    await inOrder(['Ada', 'Postcode'], ['Bob', 'postcode'], ['Cleo', 'postcode'], ['Dan', 'age']);
    const found = await read();
    expect(shape(found)).toEqual(['age ×1', 'postcode ×2']);
    expect(found).toMatchObject({ state: 'ready', done: 3, of: 3, groupsRev: 0 });
    expect(labelled(found, 'postcode')).toMatchObject({ section: 'text', how: 'near', name: null, known: null });
    expect(found.rules.map(({ section }) => section)).toEqual(['text']);
  });

  it('keep their ids while answers join, and are the same one by one and all at once', async () => {
    const seen = new Map<string, string>();
    for (const [at, value] of [
      'postcode',
      'age',
      'Post code',
      'customer_id',
      'postcodes',
      'AGE',
      'customer id',
    ].entries()) {
      await inOrder([`Student ${String(at)}`, value]);
      for (const { id, hashes } of (await read()).groups) {
        for (const hash of hashes) {
          expect(seen.get(hash) ?? id).toBe(id);
          seen.set(hash, id);
        }
      }
    }
    const warm = await read();
    const cold = await new Grouper(room.database.db).current(lab.id, '1', 5_000);
    expect(warm.groups.map(({ hashes }) => [...hashes].sort()).sort()).toEqual(
      (cold.clusters?.all ?? []).map(({ hashes }) => [...hashes].sort()).sort(),
    );
  });

  it('hold code by its structure', async () => {
    const [ada, bob] = [await room.join('Ada', lab), await room.join('Bob', lab)];
    await send(ada, '1', source('def f(a, b):\n    return a - b'));
    await send(bob, '1', source('def g(x, y):\n    # minus\n    return x-y'));
    expect((await read()).groups).toMatchObject([{ section: 'code', how: 'near' }]);
  });

  it('do not count what is hidden, deleted, or of somebody who was removed', async () => {
    const [ada, bob] = await inOrder(['Ada', 'age'], ['Bob', 'name'], ['Cleo', 'size']);
    await room.owner.post(`/labs/${lab.id}/removals`, { how: 'hide', which: { participant: ada!.participant } });
    await room.owner.request('PATCH', `/labs/${lab.id}/participants/${bob!.participant}`, { json: { removed: true } });
    expect(shape(await read())).toEqual(['size ×1']);
  });

  it('are read and edited by assistants, and by nobody in the class', async () => {
    const [ada] = await inOrder(['Ada', 'age', 'name']);
    expect((await ada!.get(pathOf('1'))).status).toBe(403);
    expect((await ada!.post(pathOf('1'), { edit: 'reset', group: 'x' })).status).toBe(403);
    expect((await ada!.get(`/courses/${room.course}/mistakes`)).status).toBe(403);
    const assistant = await room.addStaff('assistant');
    expect((await assistant.get(pathOf('1'))).status).toBe(403);
    await room.owner.request('PUT', `/labs/${lab.id}/assistants/${assistant.userId}`);
    const { groups } = await read();
    await edit({ edit: 'merge', groups: groups.map(({ id }) => id) }, '1', assistant);
    const known = await assistant.post(pathOf('1'), { edit: 'name', group: groups[0]!.id, name: 'Both', known: true });
    expect(known.status).toBe(403);
  });
});

describe('a group by hand', () => {
  it('is merged, takes in what is near to its answers, and is put back by undo', async () => {
    await inOrder(['Ada', 'age'], ['Bob', 'years'], ['Cleo', 'size']);
    const before = await read();
    const { groups, undo } = await edit({
      edit: 'merge',
      groups: [labelled(before, 'age').id, labelled(before, 'years').id],
    });
    expect(shape(groups)).toEqual(['age ×2', 'size ×1']);
    expect(labelled(groups, 'age').how).toBe('by-hand');
    await inOrder(['Dan', 'Years!']);
    expect(labelled(await read(), 'age').hashes).toHaveLength(3);
    await edit({ edit: 'restore', snapshot: undo });
    expect(shape(await read())).toEqual(['age ×1', 'size ×1', 'years ×2']);
  });

  it('is split: answers stay where they were put, and later ones go with their like', async () => {
    await inOrder(['Ada', 'age'], ['Bob', 'Age'], ['Cleo', 'age.']);
    const [whole] = (await read()).groups;
    const { groups } = await edit({ edit: 'split', group: whole!.id, hashes: [whole!.hashes[2]!] });
    expect(groups.groups.map(({ hashes }) => hashes.length).sort()).toEqual([1, 2]);
    expect(groups.groups.find(({ hashes }) => hashes.length === 2)!.id).toBe(whole!.id);
    await inOrder(['Dan', 'AGE']);
    const now = await read();
    expect(now.groups.find(({ id }) => id === whole!.id)!.hashes).toHaveLength(3);
    await edit({ edit: 'reset', group: now.groups.find(({ id }) => id !== whole!.id)!.id });
    const refused = await room.owner.post(pathOf('1'), {
      edit: 'split',
      group: whole!.id,
      hashes: whole!.hashes.concat('x'),
    });
    expect(refused.status).toBe(409);
  });

  it('keeps its name, its id, and a lab’s own name without known', async () => {
    await inOrder(['Ada', 'age']);
    const [group] = (await read()).groups;
    const { groups } = await edit({ edit: 'name', group: group!.id, name: 'A number', hint: 'Is it a label?' });
    expect(groups.groups).toMatchObject([
      { id: group!.id, name: 'A number', hint: 'Is it a label?', known: null, how: 'equal' },
    ]);
    const { groups: after } = await edit({ edit: 'name', group: group!.id, name: null });
    expect(after.groups).toMatchObject([{ name: null, hint: null }]);
  });

  it('is edited by two at once without losing an edit; an undo does not take the other’s away', async () => {
    await inOrder(['Ada', 'age'], ['Bob', 'name'], ['Cleo', 'size'], ['Dan', 'hue']);
    const before = await read();
    const id = (label: string) => labelled(before, label).id;
    const [first] = await Promise.all([
      edit({ edit: 'merge', groups: [id('age'), id('name')] }),
      edit({ edit: 'merge', groups: [id('size'), id('hue')] }),
      edit({ edit: 'name', group: id('age'), name: 'Person' }),
    ]);
    const after = await read();
    expect(after.groups.map(({ hashes }) => hashes.length)).toEqual([2, 2]);
    expect(after.groups.some(({ name }) => name === 'Person')).toBe(true);
    expect(after.groupsRev).toBe(3);
    await edit({ edit: 'name', group: after.groups[0]!.id, name: 'Later' });
    const undone = await room.owner.post(pathOf('1'), { edit: 'restore', snapshot: first.undo });
    expect(undone.status).toBe(409);
    expect(labelled(await read(), after.groups[0]!.label).name).toBe('Later');
  });

  it('travels as a change of its question, so that other pages ask again', async () => {
    await inOrder(['Ada', 'age'], ['Bob', 'name']);
    const { groups } = await read();
    const before = labLog.parse(await (await room.owner.get(`/labs/${lab.id}/log?since=0`)).json()).to;
    await edit({ edit: 'merge', groups: groups.map(({ id }) => id) });
    const log = labLog.parse(await (await room.owner.get(`/labs/${lab.id}/log?since=${String(before)}`)).json());
    expect(log.changes.filter((change) => change.kind === 'question')).toMatchObject([{ question: { groupsRev: 1 } }]);
  });

  it('of different kinds is refused in words', async () => {
    const ada = await room.join('Ada', lab);
    await send(ada, '1', text('age'), { t: 'int', v: 3 });
    const { groups } = await read();
    const reply = await room.owner.post(pathOf('1'), { edit: 'merge', groups: groups.map(({ id }) => id) });
    expect(reply.status).toBe(400);
    expect(await reply.json()).toMatchObject({ message: expect.stringContaining('one kind') });
  });

  it('leaves no trace of an answer whose last record is deleted, nor of a person who is erased', async () => {
    const [ada, bob] = await inOrder(['Ada', 'marker one'], ['Bob', 'marker two'], ['Cleo', 'other']);
    const { groups } = await read();
    const { undo } = await edit({ edit: 'merge', groups: groups.map(({ id }) => id) });
    const { db } = room.database;
    const hashOf = async (who: Student) =>
      (await db.select({ hash: event.answerHash }).from(event).where(eq(event.participantId, who.participant)))[0]!
        .hash!;
    const kept = async () =>
      (await db.select().from(answerGroupMember).where(eq(answerGroupMember.labId, lab.id))).map(
        (row) => row.answerHash,
      );
    const [adas, bobs] = [await hashOf(ada!), await hashOf(bob!)];
    expect(await kept()).toEqual(expect.arrayContaining([adas, bobs]));

    await room.owner.request('PATCH', `/labs/${lab.id}`, { json: { settings: { mayDelete: true } } });
    const [record] = await db.select({ id: event.id }).from(event).where(eq(event.participantId, ada!.participant));
    expect((await ada!.request('DELETE', `/me/records/${record!.id}`)).status).toBe(204);
    expect(await kept()).not.toContain(adas);
    const erased = await room.owner.post(`/labs/${lab.id}/participants/${bob!.participant}/erase`, {
      name: 'Bob',
      also: [],
    });
    expect(erased.status).toBe(200);
    expect(await kept()).not.toContain(bobs);
    expect(shape(await read())).toEqual(['other ×1']);
    // Nor does an undo bring one back.
    await room.owner.post(pathOf('1'), { edit: 'restore', snapshot: undo });
    expect((await kept()).length).toBeLessThanOrEqual(1);

    await room.owner.request('DELETE', `/labs/${lab.id}`, { json: { joinCode: lab.joinCode } });
    expect(await kept()).toEqual([]);
  });
});

describe('a known mistake', () => {
  it('brings its name and hint to equal answers of the next lab, follows its edits, and is forgotten', async () => {
    await inOrder(['Ada', 'Age'], ['Bob', 'postcode']);
    const group = labelled(await read(), 'Age');
    const named = { edit: 'name', group: group.id, name: 'Takes the age', hint: 'Which is a label?', known: true };
    const { groups } = await edit(named);
    expect(labelled(groups, 'Age')).toMatchObject({ name: 'Takes the age', known: { since: { lab: lab.name } } });

    const first = lab;
    lab = await room.addLab('The next class');
    await inOrder(['Cleo', 'age!'], ['Dan', 'size']);
    const arrived = labelled(await read(), 'age!');
    expect(arrived).toMatchObject({
      name: 'Takes the age',
      hint: 'Which is a label?',
      known: { since: { lab: first.name } },
    });
    expect(labelled(await read(), 'size')).toMatchObject({ name: null, known: null });

    await edit({ ...named, group: arrived.id, name: 'Takes age', hint: null });
    expect(labelled(await read('1', first), 'Age')).toMatchObject({ name: 'Takes age', hint: null });
    expect((await read('1', first)).groupsRev).toBe(2);

    const listed = knownMistakes.parse(await (await room.owner.get(`/courses/${room.course}/mistakes`)).json());
    const [one] = listed.mistakes;
    expect(listed.mistakes).toHaveLength(1);
    const [row] = await room.database.db.select().from(knownMistake);
    expect(JSON.stringify(row!.answerKeys)).not.toMatch(/age/i);
    expect(row!.answerKeys.every((key) => /^(hash|text):[0-9a-f]{32}$/.test(key))).toBe(true);

    const assistant = await room.addStaff('assistant');
    expect((await assistant.request('DELETE', `/courses/${room.course}/mistakes/${one!.id}`)).status).toBe(403);
    const forgotten = await room.owner.request('DELETE', `/courses/${room.course}/mistakes/${one!.id}`);
    expect(forgotten.status).toBe(200);
    expect((await room.owner.request('DELETE', `/courses/${room.course}/mistakes/${one!.id}`)).status).toBe(404);
    expect(labelled(await read(), 'age!')).toMatchObject({ name: null, hint: null, known: null });
    expect(labelled(await read('1', first), 'Age')).toMatchObject({ name: null, known: null });
  });

  it('that was forgotten is known again by an undo, but where staff named the group otherwise since', async () => {
    await inOrder(['Ada', 'age'], ['Bob', 'size']);
    const group = labelled(await read(), 'age');
    await edit({ edit: 'name', group: group.id, name: 'Takes the age', hint: 'Which is a label?', known: true });
    const first = lab;
    lab = await room.addLab('The next class');
    await inOrder(['Cleo', 'Age']);
    const arrived = labelled(await read(), 'Age');
    await edit({ edit: 'name', group: arrived.id, name: 'Takes the age', hint: 'Which is a label?', known: true });
    const mistakes = `/courses/${room.course}/mistakes`;
    const before = await room.database.db.select().from(knownMistake);
    const reply = await room.owner.request('DELETE', `${mistakes}/${before[0]!.id}`);
    const forgotten = mistakeForgotten.parse(await reply.json());
    await edit({ edit: 'name', group: labelled(await read(), 'Age').id, name: 'An age' });

    const other = await room.owner.post(`${mistakes}/recall`, { undo: randomUUID() });
    expect(other.status).toBe(409);
    const assistant = await room.addStaff('assistant');
    expect((await assistant.post(`${mistakes}/recall`, forgotten)).status).toBe(403);
    const { groupsRev } = await read();
    for (const _ of ['once', 'twice'])
      expect((await room.owner.post(`${mistakes}/recall`, forgotten)).status).toBe(204);
    expect(await room.database.db.select().from(knownMistake)).toEqual(before);
    expect((await read()).groupsRev).toBeGreaterThan(groupsRev);
    expect(labelled(await read('1', first), 'age')).toMatchObject({
      name: 'Takes the age',
      hint: 'Which is a label?',
      known: { since: { lab: first.name } },
    });
    expect(labelled(await read(), 'Age')).toMatchObject({ name: 'An age', known: null });
    // What the next test's groups are called is its own affair.
    expect((await room.owner.request('DELETE', `${mistakes}/${before[0]!.id}`)).status).toBe(200);
  });

  it('is no longer known when its naming is undone', async () => {
    await inOrder(['Ada', 'age']);
    const [group] = (await read()).groups;
    const { undo } = await edit({ edit: 'name', group: group!.id, name: 'Age', known: true });
    const { groups } = await edit({ edit: 'restore', snapshot: undo });
    expect(groups.groups).toMatchObject([{ name: null, known: null }]);
    expect(await room.database.db.select().from(knownMistake)).toEqual([]);
  });
});

describe('a grouper that runs out of time', () => {
  it('leaves equal answers alone together, and says so; far into it, it says how far', async () => {
    await inOrder(['Ada', 'age'], ['Bob', 'Age'], ['Cleo', 'age']);
    const hasty = new Grouper(room.database.db, { budgetMs: -1 });
    const plain = await hasty.current(lab.id, '1', 5_000);
    expect(plain).toMatchObject({ state: 'plain', clusters: null, of: 2 });
    const early = await new Grouper(room.database.db).current(lab.id, '1', 0);
    expect(early.state).toBe('grouping');
  });
});
