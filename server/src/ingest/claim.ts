/**
 * The first round trip of a flush: the lab's next revision, how lab and participants stand, whose the streams are and where they end.
 *
 * The first statement locks the lab's row until the commit; the second one, sent along with it, is run when the lock is there and so
 * sees all that was committed before: every writer of a stream, and whoever switches something off, holds the same lock.
 */
import { labSettingsOf } from '../lab-terms/index.js';
import { prepared, revChannel, type Queryable } from '../database/index.js';
import type { StreamEnd } from './made-at.js';
import type { Portion } from './portion.js';
import type { LabStanding, ParticipantStanding } from './standing.js';

export interface Claimed {
  rev: number;
  /** When what any question expects last changed: records are judged by that. */
  expectedRev: number;
  lab: LabStanding;
  /** By participant; one that was removed, or is erased, is absent. */
  participants: Map<string, ParticipantStanding>;
  /** Those that are there already; the others belong to whoever sends on them first. */
  streams: Map<string, StreamEnd & { participantId: string }>;
}

const takeRevision = `
  update lab set rev = rev + 1 where id = $1::uuid
  returning rev::float8 as rev, expected_rev::float8 as expected_rev, status, settings, extract(epoch from closed_at)::float8 * 1000 as closed_ms,
    deleted_at is not null as deleted, erased_at is not null as erased, pg_notify('${revChannel}', id || ' ' || rev)`;

const readStandings = `
  select id as stream, participant_id as participant, extract(epoch from last_made_at)::float8 * 1000 as ms, last_seq as seq
  from stream where id = any($2::uuid[])
  union all
  select null, id, extract(epoch from sending_off_at)::float8 * 1000, null
  from participant where id = any($3::uuid[]) and lab_id = $1::uuid and removed_at is null and erased_at is null`;

export async function claim(tx: Queryable, labId: string, portions: Portion[]): Promise<Claimed> {
  const streams = [...new Set(portions.map(({ batch }) => batch.stream))];
  const participants = [...new Set(portions.map(({ batch }) => batch.participantId))];
  const [[lab], rows] = await Promise.all([
    prepared<{
      rev: number;
      expected_rev: number;
      status: string;
      settings: unknown;
      closed_ms: number | null;
      deleted: boolean;
      erased: boolean;
    }>(tx, 'take_revision', takeRevision, [labId]),
    prepared<{ stream: string | null; participant: string; ms: number | null; seq: number | null }>(
      tx,
      'read_standings',
      readStandings,
      [labId, `{${streams.join(',')}}`, `{${participants.join(',')}}`],
    ),
  ]);
  if (!lab) throw new Error('the lab of these events does not exist');
  const claimed: Claimed = {
    rev: lab.rev,
    expectedRev: lab.expected_rev,
    lab: {
      status: lab.status,
      closedAtMs: lab.closed_ms,
      deleted: lab.deleted,
      erased: lab.erased,
      activity: labSettingsOf({ settings: lab.settings }).activity,
    },
    participants: new Map(),
    streams: new Map(),
  };
  for (const { stream, participant, ms, seq } of rows) {
    if (stream === null) claimed.participants.set(participant, { sendingOffAtMs: ms });
    else claimed.streams.set(stream, { participantId: participant, lastSeq: seq ?? 0, lastMadeAtMs: ms ?? 0 });
  }
  return claimed;
}
