import type { JoinPreview, JoinReply, JoinRequest } from '@nbpulse/schema/wire';
import type { ApiProblem, Reply } from './api.js';
import { Join } from './join.js';
import type { Identity } from './store.js';

const labId = '11111111-1111-4111-8111-111111111111';
const preview: JoinPreview = {
  lab: { id: labId, name: 'Lab 4', description: '', status: 'open' },
  course: { name: 'Machine Learning I' },
  teachers: ['Dorothy Vaughan'],
  retentionMonths: 12,
  eraseAt: null,
  activity: false,
  mayDelete: false,
};
const problem = (code: ApiProblem['code'], message: string = code): { ok: false; problem: ApiProblem } => ({
  ok: false,
  problem: { code, message },
});

/** A server with one lab where Ada sits already. */
class Door {
  readonly asked: JoinRequest[] = [];
  next: Reply<JoinReply> | null = null;

  preview = (code: string): Promise<Reply<JoinPreview>> =>
    Promise.resolve(
      code === 'KMNS42QX' ? { ok: true, value: preview } : problem('wrong-code', 'No lab has this code.'),
    );
  join = (request: JoinRequest): Promise<Reply<JoinReply>> => {
    this.asked.push(request);
    if (this.next) return Promise.resolve(this.next);
    if (request.code !== 'KMNS42QX') return Promise.resolve(problem('wrong-code', 'No lab has this code.'));
    if (request.name === 'Ada' && request.returnCode === undefined && !request.another)
      return Promise.resolve(problem('name-taken'));
    if (request.returnCode !== undefined && request.returnCode !== 'TREE-4821') {
      return Promise.resolve(problem('wrong-return-code', 'Not the code of that name.'));
    }
    const name = request.another ? `${request.name} (2)` : request.name;
    return Promise.resolve({
      ok: true,
      value: {
        participant: '44444444-4444-4444-8444-444444444444',
        name,
        token: 'token-of-ada-long-enough',
        returnCode: 'TREE-4821',
        lab: { id: labId, name: 'Lab 4', status: 'open' },
      },
    });
  };
}

function join(given: Partial<{ address: string; code: string; name: string }> = {}, door = new Door()) {
  const address = 'https://class.example.org';
  const form = new Join({ address, code: 'kmns42qx', name: '', deviceLabel: 'test', ...given, apiFor: () => door });
  const joined: Identity[] = [];
  form.joined.connect((_, { identity }) => joined.push(identity));
  return { form, door, joined };
}

describe('joining a lab', () => {
  it('shows the prefilled code as it is written on the board, and the host', () => {
    const { form } = join();
    expect([form.code, form.host, form.isAddressGiven]).toEqual(['KMNS-42QX', 'class.example.org', true]);
  });

  it('tells what is behind the code before the student gives a name', async () => {
    const { form, door } = join();
    await form.look();
    expect(form.preview?.lab.name).toBe('Lab 4');
    expect(door.asked).toEqual([]);
  });

  it('asks for a name, in words, and sends nothing without one', async () => {
    const { form, door } = join({ name: '   ' });
    await form.send();
    expect(form.problem).toEqual({ field: 'name', message: 'Type your name.' });
    expect(door.asked).toEqual([]);
  });

  it('joins, and keeps the identity with the server that gave it', async () => {
    const { form, joined, door } = join({ name: '  Emmy   Noether ' });
    await form.send();
    expect(door.asked[0]).toMatchObject({
      code: 'KMNS42QX',
      name: 'Emmy Noether',
      device: { kind: 'page', label: 'test' },
    });
    expect(joined[0]).toMatchObject({
      server: 'https://class.example.org',
      lab: labId,
      name: 'Emmy Noether',
      returnCode: 'TREE-4821',
    });
  });

  it('points at a code that no lab has', async () => {
    const { form } = join({ name: 'Emmy', code: 'AAAA-2222' });
    await form.send();
    expect(form.stage).toBe('asking');
    expect(form.problem).toEqual({ field: 'code', message: 'No lab has this code.' });
  });

  it('says how a code looks before asking the server', async () => {
    const { form, door } = join({ name: 'Emmy', code: '12' });
    await form.send();
    expect(form.problem?.field).toBe('code');
    expect(door.asked).toEqual([]);
  });

  it('takes a typed address, and explains one that is none', async () => {
    const { form, door } = join({ address: '', name: 'Emmy' });
    await form.send();
    expect(form.problem?.field).toBe('server');
    form.type('server', 'ftp://class.example.org');
    await form.send();
    expect(form.problem?.message).toContain('https://');
    form.type('server', 'class.example.org');
    await form.send();
    expect(door.asked).toHaveLength(1);
  });

  it('asks "is this you?" when the name is there, which is no error', async () => {
    const { form, joined } = join({ name: 'Ada' });
    await form.send();
    expect([form.stage, form.problem]).toEqual(['taken', null]);
    expect(joined).toEqual([]);
  });

  it('adds this device with the return code, and says when the code is another’s', async () => {
    const { form, joined } = join({ name: 'Ada' });
    await form.send();
    await form.send('me');
    expect(form.problem?.field).toBe('returnCode');
    form.type('returnCode', 'TREE-0000');
    await form.send('me');
    expect([form.stage, form.problem?.message]).toEqual(['taken', 'Not the code of that name.']);
    form.type('returnCode', ' TREE-4821 ');
    await form.send('me');
    expect(joined[0]?.name).toBe('Ada');
  });

  it('joins as "Ada (2)" when it is somebody else', async () => {
    const { form, joined } = join({ name: 'Ada' });
    await form.send();
    await form.send('another');
    expect(joined[0]?.name).toBe('Ada (2)');
  });

  it('asks anew when another name is typed instead', async () => {
    const { form } = join({ name: 'Ada' });
    await form.send();
    form.type('name', 'Ada L.');
    expect(form.stage).toBe('asking');
  });

  it('says that the server does not answer, next to the server', async () => {
    const door = new Door();
    door.next = problem('unreachable', 'No answer from class.example.org.');
    const { form } = join({ name: 'Emmy' }, door);
    await form.send();
    expect(form.problem).toEqual({ field: 'server', message: 'No answer from class.example.org.' });
    expect(form.stage).toBe('asking');
  });

  it('says that a draft lab is not open yet, next to no field', async () => {
    const door = new Door();
    door.next = problem('lab-draft', 'This lab is not open yet.');
    const { form } = join({ name: 'Emmy' }, door);
    await form.send();
    expect(form.problem).toEqual({ field: null, message: 'This lab is not open yet.' });
  });
});
