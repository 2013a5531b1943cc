/** The doors of notebook-progress-tracker's notebooks and pages, as they use them. The notebook itself: test/tracker-notebook.test.ts. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { labState, labView, type LabView, type Value } from '@nbpulse/schema/wire';
import { createApp } from '../app.js';
import { openDatabase } from '../database/index.js';
import { publicUrl, useClassroom, type Staff } from '../../test/classroom.js';

const room = useClassroom();
let lab: LabView;
let number = 0;

const send = async (fields: Record<string, string>, app = room.app): Promise<Response> =>
  app.request(`${publicUrl}/add-record`, { method: 'POST', body: new URLSearchParams(fields) });
const record = (more: Record<string, string> = {}): Record<string, string> => ({
  question_nb: '1',
  session_name: lab.name,
  part_name: 'default',
  session_owner: 'owner',
  sender_name: 'Ada',
  sender_uuid: 'host-1',
  type: 'str',
  data: 'hello',
  ...more,
});
const said = async (reply: Response | Promise<Response>) => {
  const response = await reply;
  return [response.status, await response.text()];
};
const stateOf = async (id = lab.id) => labState.parse(await (await room.owner.get(`/labs/${id}/state`)).json());
const asStaff = async (staff: Staff, method: string, path: string, fields?: Record<string, string> | URLSearchParams) =>
  room.app.request(`${publicUrl}${path}`, {
    method,
    headers: { cookie: staff.cookie, origin: publicUrl },
    body: fields ? new URLSearchParams(fields) : null,
  });
const valueOf = async (question: string, name = 'Ada'): Promise<Value | null> => {
  const { participants } = await stateOf();
  const who = participants.find((one) => one.name === name)!;
  const reply = await room.owner.get(`/labs/${lab.id}/questions/${question}/records?view=latest`);
  const { records } = (await reply.json()) as { records: { participant: string; value: Value | null }[] };
  return records.find((one) => one.participant === who.id)?.value ?? null;
};

beforeEach(async () => {
  lab = await room.addLab(`Tutorial ${String(++number)}`);
  const settings = { trackerDoor: true, parts: ['morning'] };
  const patched = await room.owner.request('PATCH', `/labs/${lab.id}`, { json: { settings } });
  lab = labView.parse(await patched.json());
});

describe('POST /add-record', () => {
  it('answers as the tracker does: inserted, then updated, with the history kept', async () => {
    expect(await said(send(record()))).toEqual([200, 'Success: Record inserted']);
    expect(await said(send(record({ data: 'again' })))).toEqual([200, 'Success: Record updated']);
    const reply = await room.owner.get(`/labs/${lab.id}/questions/1/records?view=all`);
    const { records } = (await reply.json()) as { records: { value: unknown }[] };
    expect(records.map((one) => one.value)).toEqual([
      { t: 'str', v: 'hello' },
      { t: 'str', v: 'again' },
    ]);
  });

  it('says what is wrong in the words that its notebooks know', async () => {
    const { type: _, ...without } = record();
    expect(await said(send(without))).toEqual([400, 'Error: Missing key']);
    expect(await said(send(record({ session_owner: 'nobody' })))).toEqual([400, 'Error: No such owner']);
    expect(await said(send(record({ session_name: 'other' })))).toEqual([400, 'Error: No such session open']);
    expect(await said(send(record({ part_name: 'evening' })))).toEqual([400, 'Error: No such part']);
    expect(await said(send(record({ type: 'Series' })))).toEqual([400, 'Server error: DataType is not supported']);
  });

  it('is shut unless the lab turned it on, and while the lab is not open', async () => {
    const shut = await room.addLab('Shut');
    expect(await said(send(record({ session_name: shut.name })))).toEqual([400, 'Error: No such session open']);
    await room.owner.request('PATCH', `/labs/${lab.id}`, { json: { status: 'closed' } });
    expect(await said(send(record()))).toEqual([400, 'Error: No such session open']);
  });

  it('takes every type, numbers as they were', async () => {
    const values: [string, string, string, Value | object][] = [
      ['a', 'ndarray', '[5]', { t: 'int', v: 5 }],
      ['b', 'ndarray', '[5.0]', { t: 'float', v: 5 }],
      ['c', 'ndarray', '[NaN]', { t: 'float', v: 'nan' }],
      ['d', 'ndarray', '[123456789012345678901]', { t: 'int', v: '123456789012345678901' }],
      ['e', 'ndarray', '[[1, 2], [3, 4]]', { t: 'array', dtype: 'int64', shape: [2, 2], v: [1, 2, 3, 4] }],
      ['f', 'ndarray', '[1.0, -Infinity, NaN]', { t: 'array', dtype: 'float64', shape: [3], v: [1, '-inf', 'nan'] }],
      ['g', 'ndarray', '[[1], [2, 3]]', { t: 'list', n: 2 }],
      ['h', 'list', '[1, "a\\u0000b", null, [Infinity]]', { t: 'list', n: 4 }],
      ['i', 'dict', '{"__proto__": 1, "k": 2.0}', { t: 'dict', n: 2 }],
      ['j', 'code', 'def f(x):\n    return x\n', { t: 'code', kind: 'function', name: 'f' }],
      ['k', 'code', '@dataclass\nclass Point:\n    x: int\n', { t: 'code', kind: 'class', name: 'Point' }],
      ['l', 'code', 'Sequential(\n  (0): ReLU()\n)', { t: 'repr', cls: 'Sequential' }],
      ['m', 'str', 'nul \0 here', { t: 'str', v: 'nul \\0 here', esc: true }],
    ];
    for (const [question_nb, type, data, expected] of values) {
      expect(await said(send(record({ question_nb, type, data })))).toEqual([200, 'Success: Record inserted']);
      expect(await valueOf(question_nb)).toMatchObject(expected);
    }
  });

  it('takes a picture without a content type, and nothing else under its name', async () => {
    const form = async (bytes: Uint8Array<ArrayBuffer>) => {
      const edge = 'edge7f3a';
      const fields = Object.entries(record({ type: 'image', data: '' })).map(
        ([name, value]) => `--${edge}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
      );
      const head = `${fields.join('')}--${edge}\r\nContent-Disposition: form-data; name="file"; filename="file"\r\n\r\n`;
      const body = Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${edge}--\r\n`)]);
      const headers = { 'content-type': `multipart/form-data; boundary=${edge}` };
      return room.app.request(`${publicUrl}/add-record`, { method: 'POST', headers, body });
    };
    const jpeg = new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]);
    expect(await said(form(jpeg))).toEqual([200, 'Success: Record inserted']);
    expect(await valueOf('1')).toMatchObject({ t: 'image', mime: 'image/jpeg', n: 7 });
    expect(await said(form(new TextEncoder().encode('<svg onload=alert(1)>')))).toEqual([
      400,
      'Error: The picture is no JPEG',
    ]);
  });

  it('refuses what is no JSON, nested without end or too large, in words', async () => {
    const wrong = async (type: string, data: string) => (await said(send(record({ type, data }))))[0];
    expect(await wrong('list', '[1, 2')).toBe(400);
    expect(await wrong('list', '[1, -]')).toBe(400);
    expect(await wrong('list', '['.repeat(200_000))).toBe(400);
    expect(await wrong('str', 'x'.repeat(9 * 1024 * 1024))).toBe(413);
  });

  it('keeps a list of half a million numbers cut, with its full length', async () => {
    const data = JSON.stringify(Array.from({ length: 500_000 }, (_, index) => index));
    expect(await said(send(record({ type: 'list', data })))).toEqual([200, 'Success: Record inserted']);
    expect(await valueOf('1')).toMatchObject({
      t: 'list',
      n: 500_000,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('shows the part, and passes over the one that its notebooks name when they name none', async () => {
    await send(record({ part_name: 'morning' }));
    await send(record({ question_nb: '2' }));
    const { cells } = await stateOf();
    expect(cells).toHaveLength(2);
    const reply = await asStaff(room.owner, 'GET', `/get-records?sid=${lab.id}`);
    const rows = (await reply.json()) as { question_nb: number; part_name: string }[];
    expect(rows.map((row) => [row.question_nb, row.part_name])).toEqual([
      [1, 'morning'],
      [2, 'default'],
    ]);
  });
});

describe('a sender', () => {
  it('is host and name together: two students on one host stay two', async () => {
    await send(record());
    await send(record({ sender_name: 'Grace' }));
    await send(record({ sender_uuid: 'host-2' }));
    const { participants, cells } = await stateOf();
    expect(participants.map((one) => one.name).sort()).toEqual(['Ada', 'Ada (2)', 'Grace']);
    expect(participants.every((one) => one.unverified)).toBe(true);
    expect(cells).toHaveLength(3);
  });

  it('never becomes somebody who joined under the same name', async () => {
    const ada = await room.join('Ada', lab);
    const before = await (await ada.get('/me')).text();
    await send(record());
    const { participants } = await stateOf();
    expect(participants.map((one) => [one.name, one.unverified])).toEqual([
      ['Ada', false],
      ['Ada (2)', true],
    ]);
    expect(await (await ada.get('/me')).text()).toBe(before);
  });

  it('has a name that can be shown, whatever it typed', async () => {
    await send(record({ sender_name: '  A\u0000da\u202E \u200B\n Lovelace ' }));
    await send(record({ sender_name: '\u0007', sender_uuid: 'x' }));
    await send(record({ sender_name: 'é'.repeat(500), sender_uuid: 'y' }));
    const { participants } = await stateOf();
    expect(participants.map((one) => one.name).sort()).toEqual(['Ada Lovelace', 'No name', 'é'.repeat(80)]);
  });

  it('whom staff removed is told so', async () => {
    await send(record());
    const { participants } = await stateOf();
    await room.owner.request('PATCH', `/labs/${lab.id}/participants/${participants[0]!.id}`, {
      json: { removed: true },
    });
    expect((await said(send(record())))[0]).toBe(400);
  });

  it('has each record once, in two server processes at once', async () => {
    const database = openDatabase(room.databaseUrl, 4);
    const other = createApp({
      database,
      dataFolder: room.dataFolder,
      authSecret: 'a secret of at least 32 characters',
      publicUrl,
      wheel: null,
    });
    const replies = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        send(record({ data: String(index) }), index % 2 === 0 ? room.app : other).then((reply) => reply.status),
      ),
    );
    expect(new Set(replies)).toEqual(new Set([200]));
    const { participants } = await stateOf();
    expect(participants).toHaveLength(1);
    const reply = await room.owner.get(`/labs/${lab.id}/questions/1/records?view=all`);
    const { records } = (await reply.json()) as { records: { value: { v: string } }[] };
    expect(records.map((one) => Number(one.value.v)).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 60 }, (_, i) => i),
    );
    await other.close();
    await database.close();
  });

  it('that sends without end is slowed down, and no other', { timeout: 120_000 }, async () => {
    // Its bucket refills meanwhile, the more so on a slow machine.
    let slowed: Response | undefined;
    for (let sent = 0; sent < 3_000 && !slowed; sent += 25) {
      const replies = await Promise.all(Array.from({ length: 25 }, () => send(record({ sender_name: 'Endless' }))));
      slowed = replies.find((reply) => reply.status === 429);
    }
    expect(Number(slowed?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await said(send(record({ sender_name: 'Grace' }))))[0]).toBe(200);
  });

  it('that sends again what it had no answer to has it once', async () => {
    await send(record());
    expect(await said(send(record({ sent_again: '1' })))).toEqual([200, 'Success: Record updated']);
    const reply = await room.owner.get(`/labs/${lab.id}/questions/1/records?view=all`);
    expect(((await reply.json()) as { records: unknown[] }).records).toHaveLength(1);
  });
});

describe('GET /get-send-code', () => {
  const codeAt = async (headers: Record<string, string>) => {
    const reply = await room.app.request('http://127.0.0.1:8420/get-send-code', { headers });
    return /"server_url": (".*")/.exec(await reply.text())?.[1];
  };
  it('names the address that the notebook reached it under', async () => {
    expect(await codeAt({ host: '127.0.0.1:8420' })).toBe('"http://127.0.0.1:8420/"');
    expect(
      await codeAt({ host: 'inner:1', 'x-forwarded-host': 'pulse.example.org', 'x-forwarded-proto': 'https' }),
    ).toBe('"https://pulse.example.org/"');
  });
  it('takes no code from a header', async () => {
    expect(
      await codeAt({ host: '127.0.0.1:8420', 'x-forwarded-host': 'a"; import os; "', 'x-forwarded-proto': 'x"' }),
    ).toBe('"http://127.0.0.1:8420/"');
  });
  it('stands below the path of the public address', async () => {
    const below = createApp({
      database: room.database,
      dataFolder: room.dataFolder,
      authSecret: 'a secret of at least 32 characters',
      publicUrl: 'https://u.example.org/nbpulse',
      wheel: null,
    });
    const reply = await below.request('https://u.example.org/nbpulse/get-send-code', {
      headers: { host: 'u.example.org' },
    });
    expect(await reply.text()).toContain('"server_url": "https://u.example.org/nbpulse/"');
    await below.close();
  });
});

describe('the tracker’s pages', () => {
  let assistant: Staff;
  beforeAll(async () => {
    assistant = await room.addStaff('assistant');
  });

  it('need staff', async () => {
    for (const path of ['/get-sessions', '/get-records', `/rec-count?sid=${lab.id}`]) {
      expect((await room.app.request(`${publicUrl}${path}`)).status).toBe(401);
    }
    const form = { method: 'POST', body: new URLSearchParams({ name: 'x' }) };
    for (const path of ['/add-session', '/add-part', '/send-push']) {
      expect((await room.app.request(`${publicUrl}${path}`, form)).status).toBe(401);
      const headers = { cookie: room.owner.cookie, origin: 'https://elsewhere.example' };
      expect((await room.app.request(`${publicUrl}${path}`, { ...form, headers })).status).toBe(403);
    }
  });

  it('list sessions, count and show the latest record of each, and delete them', async () => {
    await send(record());
    await send(record({ data: 'again' }));
    await send(record({ question_nb: '2', type: 'ndarray', data: '[[1.5, 2], [3, 4]]', sender_name: 'Grace' }));
    const sessions = (await (await asStaff(room.owner, 'GET', '/get-sessions')).json()) as {
      id: string;
      name: string;
    }[];
    expect(sessions.find((one) => one.id === lab.id)).toMatchObject({
      name: lab.name,
      f_owner: 'owner',
      open: true,
      sharing: false,
      parts: [{ name: 'default' }, { name: 'morning' }],
    });
    const counts = await (await asStaff(room.owner, 'GET', `/rec-count?sid=${lab.id}`)).json();
    expect(counts).toEqual([
      [1, 1],
      [2, 1],
    ]);
    const rows = async () =>
      (await (await asStaff(room.owner, 'GET', `/get-records?sid=${lab.id}&since=0`)).json()) as Record<
        string,
        unknown
      >[];
    const [first, second] = await rows();
    expect(first).toMatchObject({
      sender_name: 'Ada',
      sender_uuid: 'host-1',
      question_nb: 1,
      type: 'str',
      f_data: 'again',
    });
    expect(second).toMatchObject({ question_nb: 2, type: 'ndarray' });
    expect(second!['f_data']).toContain('1.5 & 2\\\\');

    const ids = new URLSearchParams([['record_ids[]', String(first!['id'])]]);
    expect(await said(asStaff(assistant, 'DELETE', '/del-records', ids))).toEqual([200, 'OK']);
    expect(await rows()).toHaveLength(2);
    expect(await said(asStaff(room.owner, 'DELETE', '/del-records', ids))).toEqual([200, 'OK']);
    expect((await rows()).map((row) => row['question_nb'])).toEqual([2]);
  });

  it('show an assistant only what is shared with them', async () => {
    expect(await (await asStaff(assistant, 'GET', '/get-sessions')).json()).toEqual([]);
    expect(await (await asStaff(assistant, 'GET', `/get-records?sid=${lab.id}`)).json()).toEqual([]);
    expect((await asStaff(assistant, 'GET', `/rec-count?sid=${lab.id}`)).status).toBe(400);
  });

  it('add a session whose door is on, and a part of it', async () => {
    const added = await asStaff(room.owner, 'POST', '/add-session', { name: 'Made by a form', description: 'd' });
    expect(added.status).toBe(302);
    expect(await said(send(record({ session_name: 'Made by a form' })))).toEqual([200, 'Success: Record inserted']);
    const sessions = (await (await asStaff(room.owner, 'GET', '/get-sessions')).json()) as {
      id: string;
      name: string;
    }[];
    const { id } = sessions.find((one) => one.name === 'Made by a form')!;
    const part = { session_id: id, name: 'second', description: '', number: '2' };
    expect(await said(asStaff(room.owner, 'POST', '/add-part', part))).toEqual([200, 'Part added']);
    expect(await said(asStaff(room.owner, 'POST', '/add-part', part))).toEqual([400, 'Error: Part with name exists']);
    expect(await said(asStaff(room.owner, 'POST', '/add-part', { name: 'x' }))).toEqual([400, 'Error: Incorrect keys']);
    expect((await said(send(record({ session_name: 'Made by a form', part_name: 'second' }))))[0]).toBe(200);
  });
});
