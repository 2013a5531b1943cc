/**
 * Who of a lab is there, in memory only: lost with the process, right again within a heartbeat.
 *
 * A device is *connected* (one socket or more) or *heard* (it sends by HTTP and counts as there for `heardForMs`). A participant is
 * online when any device is active, idle when all that are there are idle, offline when none is.
 */
import { second, type Presence } from '@nbpulse/schema/wire';
import type { ParticipantCaller } from '../access/index.js';

/** A kernel that sends by HTTP is thought to be there for so long after its last batch. */
export const heardForMs = 45 * second;

interface DeviceThere {
  sockets: number;
  idle: boolean;
  waiting: number;
  heardUntil: number;
}

export class LabPresence {
  readonly #people = new Map<string, { devices: Map<string, DeviceThere>; seenAt: number }>();
  readonly #changed = new Set<string>();

  connected({ participantId, deviceId }: ParticipantCaller, now: number): void {
    this.#device(participantId, deviceId, now).sockets++;
  }

  disconnected({ participantId, deviceId }: ParticipantCaller, now: number): void {
    const device = this.#device(participantId, deviceId, now);
    device.sockets = Math.max(0, device.sockets - 1);
    if (device.sockets === 0) device.heardUntil = 0;
    this.sweep(now);
  }

  reported(caller: ParticipantCaller, state: Presence['state'], waiting: number, now: number): void {
    const device = this.#device(caller.participantId, caller.deviceId, now);
    device.idle = state !== 'online';
    device.waiting = waiting;
  }

  /** A request came from this device. @returns whether that changed who is there */
  heard({ participantId, deviceId }: ParticipantCaller, now: number): boolean {
    const known = this.#people.get(participantId)?.devices.has(deviceId) ?? false;
    if (known) {
      const device = this.#people.get(participantId)?.devices.get(deviceId);
      if (device) device.heardUntil = now + heardForMs;
      return false;
    }
    this.#device(participantId, deviceId, now).heardUntil = now + heardForMs;
    return true;
  }

  /** Forgets devices that are neither connected nor were heard lately. */
  sweep(now: number): void {
    for (const [participantId, person] of this.#people) {
      for (const [deviceId, device] of person.devices) {
        if (device.sockets > 0 || device.heardUntil > now) continue;
        person.devices.delete(deviceId);
        person.seenAt = now;
        this.#changed.add(participantId);
      }
    }
  }

  of(participantId: string): Presence | null {
    const person = this.#people.get(participantId);
    if (!person) return null;
    const devices = [...person.devices.values()];
    const state = devices.length === 0 ? 'offline' : devices.every((device) => device.idle) ? 'idle' : 'online';
    return {
      participant: participantId,
      state,
      devices: devices.length,
      waiting: Math.max(0, ...devices.map((device) => device.waiting)),
      seenAt: new Date(person.seenAt).toISOString(),
    };
  }

  all(): Presence[] {
    return [...this.#people.keys()].flatMap((id) => this.of(id) ?? []);
  }

  /** What changed since this was last asked. */
  takeChanges(): Presence[] {
    const changes = [...this.#changed].flatMap((id) => this.of(id) ?? []);
    this.#changed.clear();
    return changes;
  }

  #device(participantId: string, deviceId: string, now: number): DeviceThere {
    let person = this.#people.get(participantId);
    if (!person) this.#people.set(participantId, (person = { devices: new Map(), seenAt: now }));
    let device = person.devices.get(deviceId);
    if (!device) person.devices.set(deviceId, (device = { sockets: 0, idle: false, waiting: 0, heardUntil: 0 }));
    person.seenAt = now;
    this.#changed.add(participantId);
    return device;
  }
}
