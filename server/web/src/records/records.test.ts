import { describe, expect, it } from 'vitest';
import type { RecordsRow, RecordsTable, RecordView } from '@nbpulse/schema/wire';
import type { Answer } from '../api/request.js';
import { filtersOf, noFilters, queryOf, searchOf, type RecordFilters } from './filters.js';
import { RecordsFeed } from './records-feed.js';
import { nothingPicked, pick } from './selection.js';

const record = (n: number, more: Partial<RecordView> = {}): RecordView => ({
  id: `r${String(n)}`,
  participant: 'p',
  question: '1',
  part: null,
  value: null,
  summary: String(n),
  hash: '',
  error: false,
  madeAt: new Date(n * 1_000).toISOString(),
  receivedAt: new Date(n * 1_000).toISOString(),
  late: false,
  deleted: false,
  hidden: false,
  tag: 'int',
  verdict: null,
  ...more,
});
const row = (n: number): RecordsRow => ({
  record: record(n),
  lab: { id: 'lab', name: 'Lab' },
  participant: { id: 'p', name: 'Ada' },
});

describe('filters', () => {
  it('come back from the address as they were', () => {
    const filters: RecordFilters[] = [
      noFilters,
      { ...noFilters, question: '3 & 4', text: '=%_', student: 'id', hidden: true },
      { ...noFilters, allLabs: true, name: 'Ada', question: '1' },
    ];
    for (const one of filters) expect(filtersOf(searchOf(one))).toEqual(one);
    expect(searchOf(noFilters)).toBe('');
  });

  it('ask for the open lab unless all labs are meant', () => {
    expect(queryOf('lab', { ...noFilters, hidden: true, text: ' ' })).toEqual({ lab: 'lab', hidden: 'only' });
    expect(queryOf('lab', { ...noFilters, allLabs: true, name: 'a', student: 'x' })).toEqual({ name: 'a' });
  });
});

describe('the feed', () => {
  /** A server of these records, newest first, in pages of so many; `look` runs what the feed put off. */
  function feedOf(server: { rows: RecordsRow[] }, page = 100) {
    const put: (() => void)[] = [];
    const feed = new RecordsFeed({
      read: (before): Promise<Answer<RecordsTable>> => {
        const from = before === undefined ? 0 : server.rows.findIndex((one) => one.record.id === before) + 1;
        const rows = server.rows.slice(from, from + page);
        const next = from + page < server.rows.length ? (rows.at(-1)?.record.id ?? null) : null;
        return Promise.resolve({ ok: true, value: { rows, next } });
      },
      hiddenOnly: false,
      soon: (look) => put.push(look),
    });
    const look = async (): Promise<void> => {
      for (const one of put.splice(0)) one();
      await Promise.resolve();
      await Promise.resolve();
    };
    return { feed, look, put };
  }
  const shown = (feed: RecordsFeed) => feed.view.rows.map((one) => one.record.summary).join(' ');

  it('lets new records wait above, and takes them in when asked', async () => {
    const server = { rows: [2, 1].map(row) };
    const { feed, look, put } = feedOf(server);
    await feed.load();
    server.rows = [4, 3, 2, 1].map(row);
    feed.changed([{ kind: 'record', rev: 5, record: record(3) }]);
    feed.changed([{ kind: 'record', rev: 6, record: record(4) }]);
    expect(put).toHaveLength(1);
    await look();
    expect([shown(feed), feed.view.waiting]).toEqual(['2 1', 2]);
    await feed.takeIn();
    expect([shown(feed), feed.view.waiting]).toEqual(['4 3 2 1', 0]);
  });

  it('keeps a row in its place that somebody else took away, until it is calm', async () => {
    const server = { rows: [3, 2, 1].map(row) };
    const { feed } = feedOf(server);
    await feed.load();
    feed.changed([{ kind: 'record', rev: 5, record: record(2, { hidden: true }) }]);
    expect([shown(feed), [...feed.view.gone]]).toEqual(['3 2 1', ['r2']]);
    await feed.takeIn();
    expect(shown(feed)).toBe('3 1');
  });

  it('takes older rows that move up for older ones, not for news', async () => {
    const server = { rows: [5, 4, 3, 2, 1].map(row) };
    const { feed, look } = feedOf(server, 3);
    await feed.load();
    feed.remove(new Set(['r4']));
    server.rows = [5, 3, 2, 1].map(row);
    feed.changed([{ kind: 'record', rev: 5, record: record(4, { hidden: true }) }]);
    await look();
    expect([shown(feed), feed.view.waiting]).toEqual(['5 3', 0]);
    await feed.readOn();
    expect(shown(feed)).toBe('5 3 2 1');
  });

  it('reads from the beginning when more came than the newest page holds', async () => {
    const server = { rows: [1].map(row) };
    const { feed, look } = feedOf(server, 2);
    await feed.load();
    server.rows = [5, 4, 3, 2, 1].map(row);
    feed.changed(null);
    await look();
    expect(feed.view.waitingMore).toBe(true);
    await feed.takeIn();
    await feed.readOn();
    expect([shown(feed), feed.view.waiting]).toEqual(['5 4 3 2', 0]);
  });
});

describe('picking rows', () => {
  const ids = ['a', 'b', 'c', 'd'];
  it('picks one, more with Ctrl, a stretch with Shift', () => {
    const one = pick(nothingPicked, ids, 'b', 'only');
    expect([...one.picked]).toEqual(['b']);
    expect([...pick(one, ids, 'd', 'extend').picked]).toEqual(['b', 'c', 'd']);
    expect([...pick(pick(one, ids, 'd', 'extend'), ids, 'a', 'extend').picked]).toEqual(['a', 'b']);
    expect([...pick(one, ids, 'd', 'toggle').picked]).toEqual(['b', 'd']);
    expect([...pick(one, ids, 'b', 'only').picked]).toEqual([]);
  });
});
