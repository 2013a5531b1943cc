/**
 * The live hub: a room per lab in which somebody is. Writers announce what they committed; other processes' commits arrive as
 * Postgres notifications, one per transaction. Both lead to the same ordered log, so it does not matter which comes first.
 */
import { second, type Change, type LabLog, type Presence, type ServerMessage } from '@nbpulse/schema/wire';
import type { ParticipantCaller } from '../access/index.js';
import type { Announce } from '../database/index.js';
import type { Clock } from './clock.js';
import { Room, type OwnSubmission } from './room.js';

export interface HubDeps {
  readLog: (labId: string, since: number) => Promise<LabLog>;
  readRev: (labId: string) => Promise<number>;
  ownSubmission: OwnSubmission;
  clock: Clock;
  failed: (error: unknown) => void;
}

/** What other features call. */
export interface Live {
  readonly announce: Announce;
  /** Says something to one participant's sockets in this process. */
  readonly tell: (participantId: string, message: ServerMessage) => void;
  /** Closes the sockets of revoked devices. */
  readonly endDevices: (labId: string, deviceIds: string[], message: string) => void;
  /** This device is there, though it has no socket. */
  readonly seen: (caller: ParticipantCaller) => void;
  readonly presenceOf: (labId: string) => Presence[];
}

const sweepMs = 15 * second;

export class Hub implements Live {
  readonly #rooms = new Map<string, Room>();
  #sweeping = false;

  constructor(readonly deps: HubDeps) {}

  readonly announce = (labId: string, rev: number, changes: Change[]): void => {
    this.#rooms.get(labId)?.order.announced(rev, changes);
  };

  /** From a notification: `<lab id> <rev>`. */
  notified(payload: string): void {
    const [labId, rev] = payload.split(' ');
    if (labId !== undefined && rev !== undefined) this.#rooms.get(labId)?.order.exists(Number(rev));
  }

  /** Notifications may have been missed: each room asks how far its lab is. */
  async lookAgain(): Promise<void> {
    for (const room of this.#rooms.values()) {
      if (room.order.head === null) continue;
      try {
        room.order.exists(await this.deps.readRev(room.labId));
      } catch (error) {
        this.deps.failed(error);
      }
    }
  }

  /**
   * Into the lab's room, which is in step with the log from then on. `join` runs in the same turn in which that is known, so that
   * the room cannot fall asleep in between. Rejects when the database is away.
   */
  async enter(labId: string, join: (room: Room) => void): Promise<Room> {
    const room = this.#room(labId);
    room.entering++;
    try {
      room.order.collect();
      if (room.order.head === null) room.order.begin(await this.deps.readRev(labId));
      join(room);
    } finally {
      room.entering--;
      room.restIfEmpty();
    }
    return room;
  }

  readonly tell = (participantId: string, message: ServerMessage): void => {
    for (const room of this.#rooms.values()) room.tell(participantId, message);
  };

  readonly endDevices = (labId: string, deviceIds: string[], message: string): void => {
    this.#rooms.get(labId)?.endDevices(deviceIds, message);
  };

  readonly seen = (caller: ParticipantCaller): void => {
    const room = this.#room(caller.labId);
    if (room.presence.heard(caller, this.deps.clock.now())) room.presenceMoved();
    this.#sweepLater();
  };

  readonly presenceOf = (labId: string): Presence[] => this.#rooms.get(labId)?.presence.all() ?? [];

  #room(labId: string): Room {
    let room = this.#rooms.get(labId);
    if (!room) {
      const { readLog, clock, ownSubmission, failed } = this.deps;
      room = new Room(labId, readLog, clock, ownSubmission, failed);
      this.#rooms.set(labId, room);
    }
    return room;
  }

  #sweepLater(): void {
    if (this.#sweeping) return;
    this.#sweeping = true;
    this.deps.clock.after(sweepMs, () => {
      this.#sweeping = false;
      const now = this.deps.clock.now();
      let somebody = false;
      for (const room of this.#rooms.values()) {
        room.presence.sweep(now);
        room.presenceMoved();
        somebody ||= room.presence.all().some((presence) => presence.state !== 'offline');
      }
      if (somebody) this.#sweepLater();
    });
  }
}
