/**
 * One played student: opens the notebook at some time, works through the questions at an own pace, makes the mistakes
 * that classes make, meets errors, pauses, sometimes loses the network, now and then sends a checkpoint.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Value } from '@nbpulse/schema/wire';
import { join, ParticipantClient } from './participant-client.js';
import type { ScriptQuestion } from './lab-script.js';
import type { Random } from './random.js';

export interface StudentOptions {
  server: string;
  code: string;
  name: string;
  random: Random;
  script: readonly ScriptQuestion[];
  /** Milliseconds that one minute of the script takes. */
  minuteMs: number;
  signal: AbortSignal;
}

/** What one student sends for a question before and with the last answer, in order. */
export function attempts(question: ScriptQuestion, random: Random): Value[] {
  const drawn = (choices: readonly { share: number }[]): number => {
    let left = random.between(0, 100);
    return choices.findIndex(({ share }) => (left -= share) < 0);
  };
  const sent: Value[] = [];
  const failing = question.errors[drawn(question.errors)];
  if (failing) for (let times = random.chance(0.3) ? 3 : 1; times > 0; times--) sent.push(failing.value);
  const mistake = question.mistakes[drawn(question.mistakes)];
  if (mistake) sent.push(mistake.value(random));
  const staysWrong = mistake !== undefined && random.chance(0.35);
  if (!staysWrong) sent.push(question.right(random));
  return sent;
}

/** Plays until the last question, or until `signal` aborts. */
export async function playStudent(options: StudentOptions): Promise<void> {
  const { random, script, minuteMs, signal } = options;
  const wait = (minutes: number): Promise<void> => sleep(minutes * minuteMs, undefined, { signal });
  let client: ParticipantClient | undefined;
  try {
    await wait(random.between(0, 0.8));
    const me = await join(options);
    client = new ParticipantClient(options.server, me);
    await client.opened();
    const pace = 0.55 + random.next() ** 2 * 1.6;
    for (const question of script) {
      await wait(question.minutes * pace * random.between(0.5, 1.3));
      const offline = random.chance(0.03);
      if (offline) client.disconnect();
      for (const value of attempts(question, random)) {
        const told = client;
        // A refusal (the lab closed) is the server's right answer to a student who goes on; the student goes on.
        client.send(question.key, value).then(
          () => told.presence('online'),
          () => undefined,
        );
        await wait(random.between(0.15, 0.8) * pace);
      }
      if (offline) {
        await wait(random.between(0.5, 2));
        client.reconnect();
        await client.opened();
      }
      if (random.chance(0.25))
        await client.checkpoint(notebook(options.name, script, question.key)).catch(() => undefined);
      if (random.chance(0.08)) {
        client.presence('idle');
        await wait(random.between(2, 5));
      }
    }
    await wait(5);
  } catch (cause) {
    if (!signal.aborted) throw cause;
  } finally {
    client?.close();
  }
}

/** A small notebook as this student might have it after `upTo`. */
export function notebook(name: string, script: readonly ScriptQuestion[], upTo: string): Uint8Array<ArrayBuffer> {
  const done = script.slice(0, script.findIndex(({ key }) => key === upTo) + 1);
  const cells = done.flatMap(({ key, title }) => [
    { cell_type: 'markdown', id: `md-${key}`, metadata: {}, source: `## ${key}  ${title}` },
    {
      cell_type: 'code',
      id: `code-${key}`,
      metadata: {},
      execution_count: 1,
      outputs: [],
      source: `# ${name}\nsend(answer, "${key}")`,
    },
  ]);
  const file = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' } },
    cells,
  };
  return new TextEncoder().encode(JSON.stringify(file, null, 1));
}
