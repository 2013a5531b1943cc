/**
 * What each student is called on the pages below one lab. While anonymised, every name is the stable pseudonym of the wire
 * (`Student 07`), the same on every page and in an anonymous export; whether it is on is kept per lab in this browser.
 */
import { pseudonymsOf, type ParticipantView } from '@nbpulse/schema/wire';
import type { LabStore } from './lab-store.js';

/** Replaced as a whole when a name, or whether names are shown, changes. */
export interface Names {
  anonymous: boolean;
  /**
   * @param known the name as a page has it from elsewhere (grades, a timeline), for somebody who is not in the lab's state
   * @example nameOf(row.participant.id) // 'Ada Lovelace', or 'Student 07' while anonymised
   */
  nameOf: (participant: string, known?: string) => string;
}

const keptKey = (lab: string): string => `nbpulse-anonymous-${lab}`;
function kept(lab: string): boolean {
  try {
    return localStorage.getItem(keptKey(lab)) === 'on';
  } catch {
    return false;
  }
}

export class NameKeeper {
  view: Names;
  readonly #lab: string;
  readonly #store: LabStore;
  readonly #listeners = new Set<() => void>();
  #known: readonly ParticipantView[] = [];
  #pseudonyms: ReadonlyMap<string, string> = new Map();

  constructor(lab: string, store: LabStore) {
    this.#lab = lab;
    this.#store = store;
    this.view = this.#viewOf(kept(lab));
  }
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  start(): () => void {
    const end = this.#store.subscribe(() => this.#follow());
    this.#follow();
    return end;
  }
  readonly toggle = (): void => {
    const anonymous = !this.view.anonymous;
    try {
      if (anonymous) localStorage.setItem(keptKey(this.#lab), 'on');
      else localStorage.removeItem(keptKey(this.#lab));
    } catch {
      // It holds until the page is closed.
    }
    this.#set(anonymous);
  };

  #follow(): void {
    const known = this.#store.model?.people ?? this.#known;
    if (known === this.#known) return;
    this.#known = known;
    this.#pseudonyms = pseudonymsOf(known);
    this.#set(this.view.anonymous);
  }
  #set(anonymous: boolean): void {
    this.view = this.#viewOf(anonymous);
    for (const listener of this.#listeners) listener();
  }
  #viewOf(anonymous: boolean): Names {
    const pseudonyms = this.#pseudonyms;
    return {
      anonymous,
      nameOf: anonymous
        ? (participant) => pseudonyms.get(participant) ?? 'A student'
        : (participant, known) =>
            this.#store.model?.rows.get(participant)?.participant.name ?? known ?? 'somebody who left',
    };
  }
}
