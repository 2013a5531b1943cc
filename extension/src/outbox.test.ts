import 'fake-indexeddb/auto';
import { Identities } from './identities.js';
import { Outbox } from './outbox.js';
import { openStore, type Identity, type Store, type Upload } from './store.js';

const stream = '22222222-2222-4222-8222-222222222222';
const ada: Identity = {
  server: 'https://class.example.org',
  lab: '11111111-1111-4111-8111-111111111111',
  labName: 'Lab 4',
  participant: 'p-ada',
  name: 'Ada',
  token: 'token-of-ada-long-enough',
  returnCode: 'TREE-4821',
  joinCode: 'KMNS42QX',
};
const upload = (id: string, madeAt: string): Upload => ({
  id,
  participant: ada.participant,
  kind: 'submission',
  assignment: 'primes',
  path: 'lab.ipynb',
  bytes: new Uint8Array([1, 2, 3]),
  sha256: 'a'.repeat(64),
  madeAt,
  refusal: null,
});

let store: Store;
let name = 0;
beforeEach(async () => {
  store = await openStore(`test-${(name += 1)}`);
});
afterEach(() => store.close());

const record = (seq: number, participant = ada.participant) => ({ stream, seq, participant, event: { seq } });

describe('the outbox', () => {
  it('keeps copies across a reload, in the order of their numbers', async () => {
    await new Outbox(store).keepRecords([record(10), record(2), record(1)]);
    store.close();
    store = await openStore(`test-${name}`);
    const kept = await new Outbox(store).records(ada.participant);
    expect(kept.map(({ seq }) => seq)).toEqual([1, 2, 10]);
  });

  it('keeps one copy of a record that arrives twice', async () => {
    const outbox = new Outbox(store);
    await outbox.keepRecords([record(1)]);
    await outbox.keepRecords([record(1), record(2)]);
    expect(await outbox.seqs(stream)).toEqual([1, 2]);
  });

  it('drops exactly what the server has', async () => {
    const outbox = new Outbox(store);
    await outbox.keepRecords([record(1), record(2), record(3)]);
    await outbox.dropRecords(stream, [1, 3, 99]);
    expect(await outbox.seqs(stream)).toEqual([2]);
  });

  it('gives a participant only their own', async () => {
    const outbox = new Outbox(store);
    await outbox.keepRecords([record(1), record(2, 'p-grace')]);
    expect((await outbox.records('p-grace')).map(({ seq }) => seq)).toEqual([2]);
  });

  it('keeps a notebook’s exact bytes until it is handed in, oldest first', async () => {
    const outbox = new Outbox(store);
    await outbox.keepUpload(upload('later', '2026-03-02T14:05:00Z'));
    await outbox.keepUpload(upload('first', '2026-03-02T14:00:00Z'));
    const kept = await outbox.uploads(ada.participant);
    expect(kept.map(({ id }) => id)).toEqual(['first', 'later']);
    expect([...(kept[0]?.bytes ?? [])]).toEqual([1, 2, 3]);
    await outbox.dropUpload('first');
    expect((await outbox.uploads(ada.participant)).map(({ id }) => id)).toEqual(['later']);
  });
});

describe('identities', () => {
  const server = { base: ada.server, host: 'class.example.org' };
  const elsewhere = { base: 'https://elsewhere.example.org', host: 'elsewhere.example.org' };

  it('are found by the lab that a notebook names, only for the server that gave the token', async () => {
    const identities = new Identities(store);
    await identities.keep(ada);
    expect(await identities.find(server, { lab: ada.lab }, 'a.ipynb')).toEqual(ada);
    expect(await identities.find(elsewhere, { lab: ada.lab }, 'a.ipynb')).toBeNull();
    expect(await identities.find(elsewhere, { joinCode: 'KMNS-42QX' }, 'a.ipynb')).toBeNull();
  });

  it('are found by the join code, however it is written', async () => {
    const identities = new Identities(store);
    await identities.keep(ada);
    expect(await identities.find(server, { joinCode: 'kmns-42qx' }, 'a.ipynb')).toEqual(ada);
  });

  it('are remembered for a notebook without metadata, by its path', async () => {
    const identities = new Identities(store);
    await identities.keep(ada);
    await identities.linkPath('plain.ipynb', ada);
    expect(await identities.find(null, {}, 'plain.ipynb')).toEqual(ada);
    expect(await identities.find(null, {}, 'another.ipynb')).toBeNull();
  });

  it('are forgotten with all that was kept for them, and nothing of others', async () => {
    const identities = new Identities(store);
    const outbox = new Outbox(store);
    await identities.keep(ada);
    await identities.linkPath('plain.ipynb', ada);
    await outbox.keepRecords([record(1), record(2, 'p-grace')]);
    await outbox.keepUpload(upload('u', '2026-03-02T14:00:00Z'));
    await identities.forget(ada);
    expect(await identities.find(server, { lab: ada.lab }, 'plain.ipynb')).toBeNull();
    expect(await outbox.records(ada.participant)).toEqual([]);
    expect(await outbox.uploads(ada.participant)).toEqual([]);
    expect(await outbox.records('p-grace')).toHaveLength(1);
  });
});
