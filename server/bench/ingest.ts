/**
 * `npm run bench:ingest`: durable records per second, acknowledged after the commit, and how long an acknowledgement takes, with
 * many sockets, beside plain INSERTs of the same rows into the same database. Server, load and Postgres share this machine.
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import postgres from 'postgres';
import { migrate, openDatabase, type OpenDatabase } from '../src/database/index.js';
import { cpuBetween, cpuSeconds, databasePids } from './cpu-time.js';
import { line, machine, percentiles } from './figures.js';
import { expectNumbers, makeClass, makeTeacher } from './ingest-class.js';
import { Load } from './load.js';
import { plainInsert } from './plain-insert.js';
import { startServer, type ServerProcess } from './server-process.js';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '8' },
    /** Which classes: `sockets`, or `sockets/labs`, `+page` with a watching teacher's page. */
    classes: { type: 'string', default: '100,1000,2000,1000+page,1000/20,31+flood' },
    /** Records of a message. */
    batches: { type: 'string', default: '1,10' },
    /** Each question expects a number, or nothing (default): what judging costs, compare the two. */
    expected: { type: 'boolean', default: false },
    /** A folder: the server writes its CPU profile there. */
    profile: { type: 'string' },
  },
});
const seconds = Number(values.seconds);
const baselineRows = 40_000;
/** Messages that a class keeps unanswered in a closed loop, at least one of each socket. */
const unanswered = 1_000;
const serverConnections = 10;

interface Size {
  sockets: number;
  labs: number;
  page: boolean;
  flood: boolean;
}

function readSize(text: string): Size {
  const [, sockets, labs, page, flood] = /^(\d+)(?:\/(\d+))?(\+page)?(\+flood)?$/.exec(text) ?? [];
  if (sockets === undefined) throw new Error(`${text} is not a class: 1000, 1000/20, 1000+page or 31+flood`);
  return { sockets: Number(sockets), labs: Number(labs ?? 1), page: page !== undefined, flood: flood !== undefined };
}

async function measureClass(url: string, database: OpenDatabase, size: Size): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  const server = await startServer(url, {
    nodeArgs: values.profile === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', values.profile],
  });
  const load = new Load();
  try {
    const made = await makeClass(database.db, { students: size.sockets, labs: size.labs });
    const { labs } = made;
    const [watched = ''] = labs;
    const watch = size.page ? { lab: watched, cookie: await makeTeacher(database.db, server.url, made.course) } : null;
    if (values.expected) await expectNumbers(database.db, labs);
    const idleMiB = server.residentMiB();
    await load.tell({ kind: 'connect', server: server.url, tokens: made.tokens, watch });
    const connectedMiB = server.residentMiB();
    console.log(
      `\n${size.sockets} sockets${size.labs > 1 ? ` in ${size.labs} labs` : ', one lab'}${size.page ? ', a teacher’s page watches' : ''}`,
    );
    const window = Math.max(1, Math.round(unanswered / size.sockets));
    await load.play({ seconds: 2, batch: 1, pace: { window } });
    if (size.flood) await besideAFlood(load);
    else
      for (const batch of values.batches.split(',').map(Number)) {
        const rate = await closedLoop(sql, url, server, load, { labs, batch, window });
        await openLoop(load, { batch, perSecond: rate / 2 });
      }
    if (!size.flood) await openLoop(load, { batch: 1, perSecond: 200 });
    const afterMiB = server.residentMiB();
    await load.tell({ kind: 'close' });
    console.log(
      `  memory of the server (RSS, MiB): idle ${idleMiB.toFixed(0)}, ${size.sockets} sockets open ${connectedMiB.toFixed(0)}, peak ${server.peakMiB().toFixed(0)}, after ${afterMiB.toFixed(0)}`,
    );
  } finally {
    load.end();
    await server.stop();
    await sql`truncate course cascade`;
    await sql.end();
  }
}

/** @returns records per second */
async function closedLoop(
  sql: postgres.Sql,
  url: string,
  server: ServerProcess,
  load: Load,
  { labs, batch, window }: { labs: string[]; batch: number; window: number },
): Promise<number> {
  await sql`checkpoint`.catch(() => undefined);
  const before = await revisions(sql, labs);
  const processes = { server: [server.pid], database: await databasePids(sql), load: [load.pid] };
  const look = () => Object.entries(processes).map(([name, pids]) => ({ name, used: cpuSeconds(pids) }));
  const cpuBefore = look();
  const played = await load.play({ seconds, batch, pace: { window } });
  const cpuAfter = look();
  const after = await revisions(sql, labs);
  const groupRows = (after.rows - before.rows) / (after.groups - before.groups);
  const rate = played.acknowledged / played.seconds;
  const plain = await plainInsert(url, {
    labs,
    rows: baselineRows,
    rowsPerStatement: Math.max(1, Math.round(groupRows)),
    connections: Math.min(labs.length, serverConnections),
  });
  console.log(
    `  ${batch} record${batch > 1 ? 's' : ''} a message, ${window} unanswered a socket: ${rate.toFixed(0)} records/s durable and acknowledged; load average ${(loadavg()[0] ?? NaN).toFixed(1)}`,
  );
  console.log(`  ${line('  acknowledgement', percentiles(played.latencies))}`);
  const cpu = cpuAfter.map(({ name, used }, index) => ({
    name,
    us: (1e6 * cpuBetween(cpuBefore[index]?.used ?? new Map<number, number>(), used)) / (after.rows - before.rows),
  }));
  const sum = cpu.reduce((total, { us }) => total + us, 0);
  console.log(
    `    CPU a record: ${cpu.map(({ name, us }) => `${name} ${us.toFixed(0)} µs`).join(', ')}, together ${sum.toFixed(0)} µs`,
  );
  console.log(
    `    plain INSERT: ${plain.rowsPerSecond.toFixed(0)} rows/s (${plain.rowsPerStatement} rows a statement, as our groups; ${plain.connections} connection${plain.connections > 1 ? 's' : ''}; ${plain.rows} rows)   ratio ${(rate / plain.rowsPerSecond).toFixed(2)}`,
  );
  if (played.watched > 0) console.log(`    the page was told of ${played.watched} records, without a gap`);
  if (played.refused > 0) console.log(`    ${played.refused} batches were told to come back later`);
  return rate;
}

async function openLoop(load: Load, { batch, perSecond }: { batch: number; perSecond: number }): Promise<void> {
  const played = await load.play({ seconds: seconds / 2, batch, pace: { perSecond } });
  console.log(`  ${line(`  steady ${perSecond.toFixed(0)}/s, ${batch} a message`, percentiles(played.latencies))}`);
}

/** A class at work, alone and beside one device that sends as fast as it may. */
async function besideAFlood(load: Load): Promise<void> {
  const perSecond = 60;
  for (const flood of [false, true]) {
    const played = await load.play({ seconds, batch: 1, pace: { perSecond }, flood });
    console.log(`  ${line(flood ? '  30 students beside a flood' : '  30 students', percentiles(played.latencies))}`);
    if (flood)
      console.log(
        `    of the flood ${played.flooded} records were taken, ${played.refused} times a batch was told to come back later`,
      );
  }
}

/** Each group of events takes one revision of its lab. */
async function revisions(sql: postgres.Sql, labs: string[]): Promise<{ groups: number; rows: number }> {
  const [row] = await sql<{ groups: number; rows: number }[]>`
    select (select sum(rev) from lab where id = any(${labs}))::float8 as groups,
      (select count(*) from event where lab_id = any(${labs}))::float8 as rows`;
  return row ?? { groups: NaN, rows: NaN };
}

async function main(): Promise<void> {
  const url = process.env['DATABASE_URL'];
  if (url === undefined) throw new Error('DATABASE_URL is not set; npm run bench:ingest brings a Postgres');
  await migrate(url);
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  const [settings] = await sql<{ version: string; fsync: string; commit: string }[]>`
    select split_part(version(), ' on ', 1) as version, current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit`;
  await sql.end();
  console.log(`bench:ingest\n  machine        ${machine()}`);
  console.log(
    `  configuration  ${settings?.version ?? ''}, fsync ${settings?.fsync ?? ''}, synchronous_commit ${settings?.commit ?? ''}; server, load (a process of its own) and database on this machine; ${values.expected ? 'every question expects a number, 1 % off at most' : 'nothing is expected'}; ${seconds} s each`,
  );
  const database = openDatabase(url, 2);
  try {
    for (const size of values.classes.split(',').map(readSize)) await measureClass(url, database, size);
  } finally {
    await database.close();
  }
}

await main();
