/** Who the student is, per server and lab: tokens in this browser's store, each read only for the server that gave it. */
import type { NotebookLink } from '@nbpulse/schema/wire';
import type { ServerAddress } from './address.js';
import { strict, type Identity, type Store } from './store.js';

export class Identities {
  constructor(private readonly store: Store) {}

  /** The identity for a notebook: by its lab, else by what was typed for its path, else by its join code. */
  async find(server: ServerAddress | null, link: NotebookLink, path: string): Promise<Identity | null> {
    if (server && link.lab) {
      const known = await this.store.get('identities', [server.base, link.lab]);
      if (known) return known;
    }
    const typed = await this.store.get('links', path);
    const linked = typed ? await this.store.get('identities', [typed.server, typed.lab]) : undefined;
    if (linked) return linked;
    if (!server || !link.joinCode || link.lab) return null;
    const code = plain(link.joinCode);
    const all = await this.store.getAll('identities');
    return all.find((identity) => identity.server === server.base && plain(identity.joinCode) === code) ?? null;
  }

  async keep(identity: Identity): Promise<void> {
    await this.store.put('identities', identity);
  }

  /** What is kept here for the lab of this identity, by whomever. */
  known({ server, lab }: Identity): Promise<Identity | undefined> {
    return this.store.get('identities', [server, lab]);
  }

  /** Notes what the student chose on this computer; nothing when they have left it meanwhile. */
  async note(identity: Identity, choice: Pick<Identity, 'sending' | 'isActivityTold'>): Promise<void> {
    const work = this.store.transaction('identities', 'readwrite', strict);
    const known = await work.store.get([identity.server, identity.lab]);
    if (known?.participant === identity.participant) await work.store.put({ ...known, ...choice });
    await work.done;
  }

  /** Remembers which lab a notebook without metadata was joined to, without touching the student's file. */
  async linkPath(path: string, identity: Identity): Promise<void> {
    await this.store.put('links', { path, server: identity.server, lab: identity.lab });
  }

  /** Name last used on this computer, to prefill the join form. */
  async lastName(): Promise<string> {
    return (await this.store.getAll('identities')).at(-1)?.name ?? '';
  }

  /** Wipes all that this browser holds of a participant. */
  async forget(identity: Identity): Promise<void> {
    const work = this.store.transaction(['identities', 'records', 'uploads', 'links'], 'readwrite', strict);
    const records = work.objectStore('records');
    const uploads = work.objectStore('uploads');
    const links = work.objectStore('links');
    const drop: Promise<unknown>[] = [work.objectStore('identities').delete([identity.server, identity.lab])];
    for (const key of await records.index('participant').getAllKeys(identity.participant))
      drop.push(records.delete(key));
    for (const key of await uploads.index('participant').getAllKeys(identity.participant))
      drop.push(uploads.delete(key));
    for (const link of await links.getAll()) {
      if (link.server === identity.server && link.lab === identity.lab) drop.push(links.delete(link.path));
    }
    await Promise.all([...drop, work.done]);
  }
}

const plain = (code: string): string => code.toUpperCase().replace(/[^A-Z0-9]/g, '');
