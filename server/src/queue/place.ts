/** Where a job stands in the queue. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '../database/index.js';

const counted = z.array(z.object({ before: z.coerce.number() }));

/** How many jobs run now or are taken before this one. Those that rest after a fault are not counted. */
export async function jobsBefore(db: Queryable, jobId: string): Promise<number> {
  const [row] = counted.parse(
    await db.execute(sql`
      select count(*) as before
      from job mine
      join job other on other.id <> mine.id and other.done_at is null and other.failed_at is null
      where mine.id = ${jobId} and (
        other.lease_ends_at > clock_timestamp()
        or (
          other.lease_ends_at is null and other.run_after <= clock_timestamp()
          and (-other.priority, other.run_after, other.created_at) < (-mine.priority, mine.run_after, mine.created_at)
        )
      )`),
  );
  return row?.before ?? 0;
}
