/**
 * The page's outbox: uploads that the page makes, and a *copy* of records for kernels that die before the server has
 * them. The journal beside the kernel stays the custodian: nothing here ever trims it. A copy is dropped when the server
 * has committed the record, or will never take it.
 */
import { strict, type KeptRecord, type Store, type Upload } from './store.js';

export class Outbox {
  constructor(private readonly store: Store) {}

  async keepRecords(records: KeptRecord[]): Promise<void> {
    const work = this.store.transaction('records', 'readwrite', strict);
    await Promise.all([...records.map((record) => work.store.put(record)), work.done]);
  }

  async dropRecords(stream: string, seqs: number[]): Promise<void> {
    const work = this.store.transaction('records', 'readwrite', strict);
    await Promise.all([...seqs.map((seq) => work.store.delete([stream, seq])), work.done]);
  }

  /** In the order of their numbers, stream by stream. */
  records(participant: string): Promise<KeptRecord[]> {
    return this.store.getAllFromIndex('records', 'participant', participant);
  }

  /** Numbers of a stream that are safe here. */
  async seqs(stream: string): Promise<number[]> {
    return (await this.store.getAllKeysFromIndex('records', 'stream', stream)).map(([, seq]) => seq);
  }

  async keepUpload(upload: Upload): Promise<void> {
    const work = this.store.transaction('uploads', 'readwrite', strict);
    await Promise.all([work.store.put(upload), work.done]);
  }

  async dropUpload(id: string): Promise<void> {
    const work = this.store.transaction('uploads', 'readwrite', strict);
    await Promise.all([work.store.delete(id), work.done]);
  }

  /** Oldest first. */
  async uploads(participant: string): Promise<Upload[]> {
    const all = await this.store.getAllFromIndex('uploads', 'participant', participant);
    return all.sort((a, b) => a.madeAt.localeCompare(b.madeAt));
  }
}
