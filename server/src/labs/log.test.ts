import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { course, lab, question } from '@nbpulse/schema/db';
import type { Change } from '@nbpulse/schema/wire';
import { useDatabase } from '../../test/database.js';
import { nextRev, openDatabase, type OpenDatabase, type Queryable } from '../database/index.js';
import { logChanges, logReader } from './log.js';

describe('the lab’s log', () => {
  const test = useDatabase();
  let database: OpenDatabase;
  beforeAll(() => {
    database = openDatabase(test.url, 12);
  });
  afterAll(() => database.close());

  async function newLab(): Promise<string> {
    const [made] = await database.db.insert(course).values({ name: 'Analysis', timeZone: 'UTC' }).returning();
    const joinCode = randomUUID().slice(0, 8).toUpperCase();
    const [row] = await database.db.insert(lab).values({ courseId: made!.id, name: 'Lab', joinCode }).returning();
    return row!.id;
  }
  const write = (tx: Queryable, labId: string, rev: number, key: string) =>
    tx.insert(question).values({ labId, key, position: rev, rev });
  const keysOf = (changes: Change[]) =>
    changes.flatMap((change) => (change.kind === 'question' ? [change.question.key] : []));

  /** Holds a transaction open until told. */
  function gate(): { opened: Promise<void>; open: () => void } {
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    return { opened, open };
  }

  it('shows a change to a reader that has read past a transaction which began earlier', async () => {
    const labId = await newLab();
    const readLog = logReader(database.db, []);
    const begun = gate();
    const goOn = gate();
    // The first writer begins, and is slow before it takes its revision.
    const first = database.db.transaction(async (tx) => {
      await tx.select().from(lab).where(eq(lab.id, labId));
      begun.open();
      await goOn.opened;
      await write(tx, labId, await nextRev(tx, labId), 'began first');
    });
    await begun.opened;
    await database.db.transaction(async (tx) => write(tx, labId, await nextRev(tx, labId), 'committed first'));
    const seen = await readLog(labId, 0);
    expect(keysOf(seen.changes)).toEqual(['committed first']);
    goOn.open();
    await first;
    expect(keysOf((await readLog(labId, seen.to)).changes)).toEqual(['began first']);
  });

  it('lets no later revision commit before an earlier one', async () => {
    const labId = await newLab();
    const readLog = logReader(database.db, []);
    const taken = gate();
    const commit = gate();
    const order: string[] = [];
    const first = database.db
      .transaction(async (tx) => {
        await write(tx, labId, await nextRev(tx, labId), 'first');
        taken.open();
        await commit.opened;
      })
      .then(() => order.push('first'));
    await taken.opened;
    const second = database.db
      .transaction(async (tx) => write(tx, labId, await nextRev(tx, labId), 'second'))
      .then(() => order.push('second'));
    // The second waits for the lab's row: Postgres itself says so.
    await expect
      .poll(async () => {
        const [waiting] = await database.db.execute<{ n: number }>(
          sql`select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock' and query like '%update "lab"%'`,
        );
        return waiting?.n;
      })
      .toBe(1);
    expect((await readLog(labId, 0)).to).toBe(0);
    commit.open();
    await Promise.all([first, second]);
    expect(order).toEqual(['first', 'second']);
    expect(keysOf((await readLog(labId, 0)).changes)).toEqual(['first', 'second']);
  });

  it('gives a reader each change once, in order, while eight writers overtake each other', async () => {
    const labId = await newLab();
    const readLog = logReader(database.db, []);
    const perWriter = 25;
    const writing = { on: true };
    const read: string[] = [];
    const reader = (async () => {
      for (let since = 0, last = false; ; last = !writing.on) {
        const page = await readLog(labId, since);
        expect(page.changes.map((change) => change.rev)).toEqual(
          Array.from({ length: page.to - since }, (_, index) => since + index + 1),
        );
        read.push(...keysOf(page.changes));
        since = page.to;
        if (last) break;
      }
    })();
    await Promise.all(
      Array.from({ length: 8 }, async (_, writer) => {
        for (let number = 0; number < perWriter; number++) {
          await database.db.transaction(async (tx) => {
            // Begins, and is overtaken by those who are quicker; then holds its revision for a while.
            await tx.select().from(lab).where(eq(lab.id, labId));
            await delay(Math.random() * 4);
            await write(tx, labId, await nextRev(tx, labId), `${writer}.${number}`);
            await delay(Math.random() * 2);
          });
        }
      }),
    );
    writing.on = false;
    await reader;
    expect(read).toHaveLength(8 * perWriter);
    expect(new Set(read).size).toBe(8 * perWriter);
  });

  it('is given in pages that end with a whole revision; a revision that is longer than a page is given whole', async () => {
    const labId = await newLab();
    const readLog = logReader(database.db, []);
    const many = (count: number, prefix: string) =>
      database.db.transaction(async (tx) => {
        const rev = await nextRev(tx, labId);
        await tx
          .insert(question)
          .values(
            Array.from({ length: count }, (_, index) => ({ labId, key: `${prefix}${index}`, position: index, rev })),
          );
      });
    await many(logChanges - 10, 'a');
    await many(20, 'b');
    await many(logChanges + 500, 'c');
    const pages: { changes: number; to: number; more: boolean }[] = [];
    for (let since = 0, more = true; more;) {
      const page = await readLog(labId, since);
      pages.push({ changes: page.changes.length, to: page.to, more: page.more });
      since = page.to;
      more = page.more;
    }
    expect(pages).toEqual([
      { changes: logChanges - 10, to: 1, more: true },
      { changes: 20, to: 2, more: true },
      { changes: logChanges + 500, to: 3, more: false },
    ]);
  });
});
