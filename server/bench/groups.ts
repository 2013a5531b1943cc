/**
 * `npm run bench:groups -- --answers 2000`: how long it takes until the distinct code answers of one question are grouped, from a cold
 * start and when one more comes, against grouping the same rows by their hash alone. Real Postgres; the rows are written directly.
 */
import { createHash, randomUUID } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import postgres from 'postgres';
import { migrate, openDatabase } from '../src/database/index.js';
import { Grouper } from '../src/groups/index.js';
import { line, machine, percentiles } from './figures.js';

const { values } = parseArgs({
  options: { answers: { type: 'string', default: '2000' }, rounds: { type: 'string', default: '5' } },
});
const [answers, rounds] = [Number(values.answers), Number(values.rounds)];
const key = '3a';

/** Distinct functions of some fifteen lines: names, constants, order and steps vary, so that some are equal in structure and some near. */
function source(at: number): string {
  const [xs, total] = [`values_${String(at % 7)}`, `acc${String(at % 5)}`];
  const steps = Array.from({ length: 4 + (at % 6) }, (_, step) => {
    const by = (at * 31 + step * 17) % (at % 3 === 0 ? 11 : 97);
    return `        if item > ${String(by)} and item % ${String(2 + step)} == 0:\n            ${total} += item * ${String(by + 1)}\n`;
  });
  return `def answer(${xs}, limit=10):\n    """Try ${String(at)}."""\n    ${total} = 0\n    for item in ${xs}[:limit]:\n${steps.join('')}    return ${total} / max(1, len(${xs}))\n`;
}

async function main(): Promise<void> {
  const url = process.env.DATABASE_URL;
  if (url === undefined) throw new Error('DATABASE_URL is not set: start it by npm run bench:groups');
  console.log(`bench:groups\n  machine        ${machine()}`);
  console.log(
    `  configuration  ${String(answers)} distinct code answers of one question, ${String(rounds)} rounds; embedded Postgres`,
  );
  await migrate(url);
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  const database = openDatabase(url, 4);
  try {
    const [course, lab, person, participant, stream] = Array.from({ length: 5 }, () => randomUUID()) as [
      string,
      string,
      string,
      string,
      string,
    ];
    await sql`insert into course (id, name, time_zone) values (${course}, 'Bench', 'UTC')`;
    await sql`insert into lab (id, course_id, name, join_code) values (${lab}, ${course}, 'Bench', ${lab.slice(0, 8)})`;
    await sql`insert into person (id, course_id, name) values (${person}, ${course}, 'Ada')`;
    await sql`insert into participant (id, lab_id, person_id, name, name_key, return_code, rev) values (${participant}, ${lab}, ${person}, 'Ada', 'ada', 'x', 1)`;
    await sql`insert into question (lab_id, key, position, rev) values (${lab}, ${key}, 1, 1)`;
    await sql`insert into stream (id, lab_id, participant_id, last_seq, last_made_at) values (${stream}, ${lab}, ${participant}, 0, now())`;
    let sent = 0;
    const send = async (): Promise<void> => {
      const src = source(sent);
      const body = { t: 'code', kind: 'function', name: 'answer', src: { v: src } };
      const hash = createHash('sha256').update(src).digest('hex').slice(0, 32);
      await sql`with head as (update lab set rev = rev + 1 where id = ${lab} returning rev)
        insert into event (id, lab_id, participant_id, stream_id, seq, kind, question_key, body, body_hash, answer_hash, summary, bytes, made_at, received_at, rev)
        select ${randomUUID()}, ${lab}, ${participant}, ${stream}, ${++sent}::int, 'record', ${key}, ${sql.json(body)}, ${hash}, ${hash}, 'def answer', 500, now(), clock_timestamp(), rev from head`;
    };
    while (sent < answers) await send();

    const timed = async (work: () => Promise<unknown>): Promise<number> => {
      const began = performance.now();
      await work();
      return performance.now() - began;
    };
    const [byHash, cold, delays]: [number[], number[], number[]] = [[], [], []];
    let groups = 0;
    let state = '';
    for (let round = 0; round < rounds; round++) {
      byHash.push(
        await timed(async () => {
          const rows = await sql<{ hash: string; body: unknown }[]>`
            select answer_hash as hash, body from event where lab_id = ${lab} and question_key = ${key}`;
          return new Set(rows.map(({ hash }) => hash)).size;
        }),
      );
      const delay = monitorEventLoopDelay({ resolution: 1 });
      delay.enable();
      cold.push(
        await timed(async () => {
          const current = await new Grouper(database.db).current(lab, key, 60_000);
          groups = current.clusters?.all.length ?? 0;
          state = current.state;
        }),
      );
      delay.disable();
      delays.push(delay.max / 1e6);
    }
    const warm = new Grouper(database.db);
    await warm.current(lab, key, 60_000);
    const more: number[] = [];
    for (let at = 0; at < 50; at++) {
      await send();
      more.push(await timed(() => warm.current(lab, key, 60_000)));
    }
    const [base, whole] = [percentiles(byHash), percentiles(cold)];
    console.log(line('reading them, grouped by hash alone (baseline)', base));
    console.log(line(`cold: read, normalised, ${String(groups)} groups, ${state}`, whole));
    console.log(line('one more answer, the rest warm', percentiles(more)));
    console.log(line('longest turn of the event loop meanwhile', percentiles(delays)));
    console.log(`  ratio to the baseline: cold p50 ${(whole.p50 / base.p50).toFixed(1)}`);
  } finally {
    await database.close();
    await sql.end();
  }
}

await main();
