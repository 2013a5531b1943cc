/**
 * When an event was made, on our clock. Within a stream the instants rise with the numbers, whatever order the events arrive in
 * (a page that was reloaded sends new ones first and the gap afterwards) and however the measured skew of two batches differs.
 */
import { sql } from 'drizzle-orm';
import type { Queryable } from '../database/index.js';
import type { Portion } from './portion.js';

/** What is stored around a number of a stream: the instants that its own must lie between. Milliseconds since 1970. */
export interface MadeBetween {
  belowMs: number;
  /** Null when nothing of a higher number is stored. */
  aboveMs: number | null;
}

export interface StreamEnd {
  lastSeq: number;
  lastMadeAtMs: number;
}

/** @example boundMadeAt(ownMs + skewMs, receivedMs, { belowMs: 0, aboveMs: null }) */
export function boundMadeAt(onOurClockMs: number, receivedMs: number, { belowMs, aboveMs }: MadeBetween): number {
  const latest = aboveMs === null ? receivedMs : Math.min(receivedMs, aboveMs - 1);
  return Math.max(belowMs, Math.min(Math.round(onOurClockMs), latest));
}

const nameOf = (stream: string, seq: number): string => `${stream} ${seq}`;

/** Looks up what is stored around the numbers that do not come after their stream's last; the others need no look. */
export async function readMadeBetween(
  tx: Queryable,
  streams: ReadonlyMap<string, StreamEnd>,
  portions: readonly Portion[],
): Promise<(portion: Portion) => MadeBetween> {
  const late = portions.filter(({ batch, event }) => event.seq <= (streams.get(batch.stream)?.lastSeq ?? 0));
  const known = new Map<string, MadeBetween>();
  if (late.length > 0) {
    const wanted = JSON.stringify(late.map(({ batch, event }) => ({ stream: batch.stream, seq: event.seq })));
    const rows = await tx.execute<{ stream: string; seq: number; below: number | null; above: number | null }>(sql`
      select stream, wanted.seq, extract(epoch from below.made_at)::float8 * 1000 as below, extract(epoch from above.made_at)::float8 * 1000 as above
      from json_to_recordset(${wanted}::json) as wanted (stream uuid, seq int)
      left join lateral (select made_at from event where stream_id = wanted.stream and event.seq < wanted.seq
        order by event.seq desc limit 1) as below on true
      left join lateral (select made_at from event where stream_id = wanted.stream and event.seq > wanted.seq
        order by event.seq limit 1) as above on true`);
    for (const { stream, seq, below, above } of rows) {
      known.set(nameOf(stream, seq), { belowMs: below ?? 0, aboveMs: above });
    }
  }
  return ({ batch, event }) =>
    known.get(nameOf(batch.stream, event.seq)) ?? {
      belowMs: streams.get(batch.stream)?.lastMadeAtMs ?? 0,
      aboveMs: null,
    };
}
