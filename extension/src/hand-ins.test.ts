import 'fake-indexeddb/auto';
import type { CheckpointReply, Receipt } from '@nbpulse/schema/wire';
import type { ApiProblem, Reply } from './api.js';
import { HandIns, type Handed } from './hand-ins.js';
import { Outbox } from './outbox.js';
import { openStore, type Store, type Upload } from './store.js';
import { HandClock, settled } from './test/hand-clock.js';

const upload = (id: string, kind: Upload['kind'] = 'submission'): Upload => ({
  id,
  participant: 'p-ada',
  kind,
  assignment: kind === 'submission' ? 'primes' : null,
  path: 'lab.ipynb',
  bytes: new Uint8Array([123, 125]),
  sha256: 'a'.repeat(64),
  madeAt: '2026-03-02T14:00:00.000Z',
  refusal: null,
});
const receipt = (id: string): Receipt => ({
  id,
  number: 'S-7F9D2K',
  receivedAt: '2026-03-02T14:07:00.000Z',
  sha256: 'a'.repeat(64),
  bytes: 2,
  assignment: 'primes',
});
const problem = (code: ApiProblem['code'], message: string = code): { ok: false; problem: ApiProblem } => ({
  ok: false,
  problem: { code, message },
});

/** A server as the page meets it: each answer in turn, the last one for ever. */
class Desk {
  answers: (Reply<Receipt> | 'receipt')[] = ['receipt'];
  readonly submitted: { id: string; madeAt: string; bytes: number }[] = [];
  readonly checkpoints: { bytes: number | null }[] = [];
  knows = new Set<string>();

  hasCheckpoint = (sha256: string): Promise<boolean> => Promise.resolve(this.knows.has(sha256));
  checkpoint = (
    id: string,
    _madeAt: string,
    sha256: string,
    bytes: Uint8Array | null,
  ): Promise<Reply<CheckpointReply>> => {
    this.checkpoints.push({ bytes: bytes?.length ?? null });
    const unchanged = this.knows.has(sha256);
    this.knows.add(sha256);
    return Promise.resolve({ ok: true, value: { id, sha256, receivedAt: '2026-03-02T14:00:01.000Z', unchanged } });
  };
  submit = (id: string, madeAt: string, _assignment: string, bytes: Uint8Array): Promise<Reply<Receipt>> => {
    this.submitted.push({ id, madeAt, bytes: bytes.length });
    const answer = this.answers.length > 1 ? this.answers.shift() : this.answers[0];
    return Promise.resolve(answer === undefined || answer === 'receipt' ? { ok: true, value: receipt(id) } : answer);
  };
}

let store: Store;
let name = 0;
beforeEach(async () => {
  store = await openStore(`hand-ins-${(name += 1)}`);
});
afterEach(() => store.close());

function handIns(desk = new Desk()) {
  const clock = new HandClock();
  const outbox = new Outbox(store);
  const ins = new HandIns(desk, outbox, clock);
  const handed: Handed[] = [];
  ins.handed.connect((_, item) => handed.push(item));
  return { clock, outbox, ins, handed, desk };
}
async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 200 && !condition(); turn += 1) await settled();
  expect(condition()).toBe(true);
}

describe('hand-ins', () => {
  it('gives a receipt, and keeps nothing that is handed in', async () => {
    const { ins, handed, outbox } = handIns();
    await ins.add(upload('s1'));
    await until(() => handed.length === 1);
    expect(handed[0]).toMatchObject({ kind: 'submission', receipt: { number: 'S-7F9D2K' } });
    expect(await outbox.uploads('p-ada')).toEqual([]);
    expect(ins.all).toEqual([]);
  });

  it('is safe in the outbox before anything is sent', async () => {
    const { ins, outbox, desk } = handIns();
    desk.answers = [problem('unreachable')];
    await ins.add(upload('s1'));
    expect((await outbox.uploads('p-ada')).map(({ id }) => id)).toEqual(['s1']);
  });

  it('tries again when the server is away, under the same id and with the time when it was made', async () => {
    const { ins, handed, desk, clock } = handIns();
    desk.answers = [problem('unreachable'), problem('unavailable'), 'receipt'];
    await ins.add(upload('s1'));
    await until(() => desk.submitted.length === 1 && ins.all[0]?.isSending === false);
    await clock.advance(2_000);
    await until(() => desk.submitted.length === 2 && ins.all[0]?.isSending === false);
    await clock.advance(4_000);
    await until(() => handed.length === 1);
    expect(new Set(desk.submitted.map(({ id, madeAt }) => `${id} ${madeAt}`))).toEqual(
      new Set(['s1 2026-03-02T14:00:00.000Z']),
    );
  });

  it('survives a reload: the next page takes it up', async () => {
    const away = new Desk();
    away.answers = [problem('unreachable')];
    const before = handIns(away);
    await before.ins.add(upload('s1'));
    await until(() => away.submitted.length === 1);
    before.ins.stop();
    const after = handIns();
    await after.ins.resume('p-ada');
    await until(() => after.handed.length === 1);
    expect(after.desk.submitted).toEqual([{ id: 's1', madeAt: '2026-03-02T14:00:00.000Z', bytes: 2 }]);
  });

  it('shows what the server will never take, does not send it again, and lets the student dismiss it', async () => {
    const { ins, desk, outbox } = handIns();
    desk.answers = [problem('not-a-notebook', 'This file is not a notebook.')];
    await ins.add(upload('s1'));
    await until(() => ins.all[0]?.upload.refusal === 'This file is not a notebook.');
    ins.sendAll();
    await settled();
    expect(desk.submitted).toHaveLength(1);
    await ins.dismiss('s1');
    expect(await outbox.uploads('p-ada')).toEqual([]);
  });

  it('says when the token is no longer known, and keeps the notebook', async () => {
    const { ins, desk, outbox } = handIns();
    desk.answers = [problem('bad-token', 'Join again.')];
    const expired: string[] = [];
    ins.expired.connect((_, { message }) => expired.push(message));
    await ins.add(upload('s1'));
    await until(() => expired.length === 1);
    expect(await outbox.uploads('p-ada')).toHaveLength(1);
  });

  it('sends the bytes of a checkpoint once: an unchanged one costs its hash', async () => {
    const { ins, desk, handed } = handIns();
    await ins.add(upload('c1', 'checkpoint'));
    await until(() => handed.length === 1);
    await ins.add(upload('c2', 'checkpoint'));
    await until(() => handed.length === 2);
    expect(desk.checkpoints).toEqual([{ bytes: 2 }, { bytes: null }]);
    expect(handed[1]).toMatchObject({ kind: 'checkpoint', reply: { unchanged: true } });
  });
});
