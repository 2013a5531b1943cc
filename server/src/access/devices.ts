/**
 * Devices by their bearer token. What was found is kept for a few seconds, because a class sends hundreds of requests a second;
 * this process forgets a revoked device at once, another one within `keepMs`.
 */
import { and, eq, isNull, lt, sql } from 'drizzle-orm';
import { device, lab, participant } from '@nbpulse/schema/db';
import { hour, limits, second } from '@nbpulse/schema/wire';
import type { Database } from '../database/index.js';
import type { ParticipantCaller } from './caller.js';
import { hashToken } from './tokens.js';

const keepMs = 10 * second;
const keepAtMost = 20_000;
const touchEveryMs = 1 * hour;

export type FoundDevice =
  | { is: 'known'; caller: ParticipantCaller }
  | { is: 'unknown' | 'revoked' | 'expired' | 'removed' | 'erased' | 'lab-erased' | 'lab-deleted' };

interface Kept {
  found: FoundDevice;
  until: number;
  deviceId: string | null;
  labId: string | null;
  touchedAt: number;
}

export class Devices {
  readonly #kept = new Map<string, Kept>();

  constructor(
    readonly db: Database,
    readonly now: () => number = Date.now,
  ) {}

  async find(token: string): Promise<FoundDevice> {
    const hash = hashToken(token);
    const now = this.now();
    let kept = this.#kept.get(hash);
    if (!kept || kept.until <= now) {
      kept = await this.#read(hash, now);
      if (this.#kept.size >= keepAtMost) this.#kept.clear();
      // Unknown ones are not kept: random tokens would push out the real ones, and somebody may join with it a moment later.
      if (kept.found.is !== 'unknown') this.#kept.set(hash, kept);
    }
    if (kept.found.is === 'known' && now - kept.touchedAt > touchEveryMs) {
      kept.touchedAt = now;
      await this.db
        .update(device)
        .set({ lastUsedAt: sql`now()` })
        .where(and(eq(device.id, kept.found.caller.deviceId), lt(device.lastUsedAt, new Date(now - touchEveryMs))));
    }
    return kept.found;
  }

  /** Call it when devices were revoked or a lab was deleted. */
  forget(which: { deviceIds?: string[]; labId?: string }): void {
    for (const [hash, kept] of this.#kept) {
      if (
        (kept.deviceId !== null && which.deviceIds?.includes(kept.deviceId)) ||
        (which.labId !== undefined && kept.labId === which.labId)
      ) {
        this.#kept.delete(hash);
      }
    }
  }

  async #read(hash: string, now: number): Promise<Kept> {
    const [row] = await this.db
      .select({
        deviceId: device.id,
        revokedAt: device.revokedAt,
        lastUsedAt: device.lastUsedAt,
        participantId: participant.id,
        name: participant.name,
        removedAt: participant.removedAt,
        erasedAt: participant.erasedAt,
        labId: participant.labId,
        labDeletedAt: lab.deletedAt,
        labErasedAt: lab.erasedAt,
      })
      .from(device)
      .innerJoin(participant, eq(participant.id, device.participantId))
      .leftJoin(lab, eq(lab.id, participant.labId))
      .where(eq(device.tokenHash, hash));
    const until = now + keepMs;
    if (!row?.labId) return { found: { is: 'unknown' }, until, deviceId: null, labId: null, touchedAt: now };
    const { deviceId, participantId, labId, name } = row;
    const found: FoundDevice = row.labDeletedAt
      ? { is: 'lab-deleted' }
      : row.labErasedAt
        ? { is: 'lab-erased' }
        : row.erasedAt
          ? { is: 'erased' }
          : row.removedAt
            ? { is: 'removed' }
            : row.revokedAt
              ? { is: 'revoked' }
              : now - row.lastUsedAt.getTime() > limits.deviceIdleMs
                ? { is: 'expired' }
                : { is: 'known', caller: { kind: 'participant', participantId, deviceId, labId, name } };
    return { found, until, deviceId, labId, touchedAt: row.lastUsedAt.getTime() };
  }
}

/** Revokes devices of a participant, or one device, inside the caller's transaction. @returns the ids that were alive */
export async function revokeDevices(
  tx: Pick<Database, 'update'>,
  which: { participantId: string } | { deviceId: string },
): Promise<string[]> {
  const rows = await tx
    .update(device)
    .set({ revokedAt: sql`now()` })
    .where(
      and(
        'deviceId' in which ? eq(device.id, which.deviceId) : eq(device.participantId, which.participantId),
        isNull(device.revokedAt),
      ),
    )
    .returning({ id: device.id });
  return rows.map((row) => row.id);
}
