/** What all notebooks of this page share: the store, the seats taken, the settings, and the outside world as parts. */
import type { Contents } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';
import { isBlockedFrom, parseAddress, type ServerAddress } from './address.js';
import { ServerApi } from './api.js';
import type { Clock } from './clock.js';
import type { Dial } from './dial.js';
import { Identities } from './identities.js';
import { fetchThrough } from './kernel-fetch.js';
import type { CreateMessage, KernelPort } from './kernel-port.js';
import type { KernelBundle } from './kernel-source.js';
import { Outbox } from './outbox.js';
import { Seat, type SeatParts } from './seat.js';
import type { Identity, Store } from './store.js';
import type { Tabs } from './tabs.js';

export interface Settings {
  server: string;
  name: string;
}

export interface RoomParts {
  store: Store;
  clock: Clock;
  dial: Dial;
  contents: Contents.IManager;
  createMessage: CreateMessage;
  kernelBundle: KernelBundle;
  pageProtocol: string;
  /** `NBPULSE_SERVER` as the Jupyter server passes it in the page's configuration. */
  environment: string;
  deviceLabel: string;
  /** Other tabs of this browser; absent where the browser has no channel to them. */
  tabs?: Tabs | undefined;
}

export class Room {
  /** Another seat was taken: notebooks that stood outside look again. */
  readonly seated = new Signal<this, Seat>(this);
  readonly left = new Signal<this, Seat>(this);
  readonly settingsChanged = new Signal<this, undefined>(this);
  readonly identities: Identities;
  readonly outbox: Outbox;
  settings: Settings = { server: '', name: '' };
  /** Of the open notebooks. */
  readonly kernels = new Set<KernelPort>();
  private readonly seats = new Map<string, Seat>();
  private readonly byKernel = fetchThrough(() => this.kernels);

  constructor(readonly parts: RoomParts) {
    this.identities = new Identities(parts.store);
    this.outbox = new Outbox(parts.store);
    parts.tabs?.told.connect((_, { participant, choice }) => this.seats.get(participant)?.sending.follow(choice));
  }

  get all(): Seat[] {
    return [...this.seats.values()];
  }

  /** The way to a server: the browser's own, or the kernel's where the browser lets no page through. */
  fetchTo(server: ServerAddress): typeof fetch | undefined {
    return isBlockedFrom(this.parts.pageProtocol, server) ? this.byKernel : undefined;
  }
  /** False while the only way would be a kernel and none runs yet. */
  isInReach(server: ServerAddress | null): boolean {
    return server !== null && (this.fetchTo(server) === undefined || this.kernels.size > 0);
  }
  apiTo(server: ServerAddress): ServerApi {
    return new ServerApi(server, null, this.fetchTo(server));
  }

  /** The seat for an identity, taken now if it was not. Null when the identity's server is no address any more. */
  seat(identity: Identity): Seat | null {
    const known = this.seats.get(identity.participant);
    if (known && known.identity.token === identity.token) return known;
    known?.stop();
    const address = parseAddress(identity.server);
    if (!address.ok) return null;
    const { clock, dial, pageProtocol } = this.parts;
    const server = address.value;
    const fetchFrom = this.fetchTo(server);
    const note: SeatParts['note'] = (choice) => this.identities.note(identity, choice);
    const seat = new Seat({ server, identity, outbox: this.outbox, dial, clock, pageProtocol, note, fetchFrom });
    seat.sending.chosen.connect((_, choice) => this.parts.tabs?.tell({ participant: identity.participant, choice }));
    this.seats.set(identity.participant, seat);
    void seat.start();
    this.seated.emit(seat);
    return seat;
  }

  /** Forgets a participant here: token, copies, uploads; then on the server. */
  async leave(seat: Seat): Promise<void> {
    this.seats.delete(seat.identity.participant);
    await this.identities.forget(seat.identity);
    this.left.emit(seat);
    // Wiped here first: if the server is away the token is gone from this computer all the same.
    await seat.api.leave();
    seat.stop();
  }
}
