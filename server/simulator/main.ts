/**
 * A class, played through the public API only: `node server/dist/simulator/main.js --server URL --join-code KMNS-42QX`.
 */
import { setMaxListeners } from 'node:events';
import { parseArgs } from 'node:util';
import { labScript } from './lab-script.js';
import { studentName } from './mathematicians.js';
import { seededRandom } from './random.js';
import { playStudent } from './student.js';

const help = `Plays a class through a lab, in real time, through the public API.

  --server URL      the nbpulse server (default: $NBPULSE_SERVER)
  --join-code CODE  the lab's join code (default: $NBPULSE_JOIN_CODE)
  --students N      how many (default 30)
  --minutes M       how long the whole lab takes a median student (default 20)
  --seed N          the same seed plays the same class (default 7)
  --help            this text`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      server: { type: 'string', default: process.env['NBPULSE_SERVER'] },
      'join-code': { type: 'string', default: process.env['NBPULSE_JOIN_CODE'] },
      students: { type: 'string', default: '30' },
      minutes: { type: 'string', default: '20' },
      seed: { type: 'string', default: '7' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const { server, 'join-code': code } = values;
  const [students, minutes, seed] = [values.students, values.minutes, values.seed].map(Number);
  if (!server || !code || !students || !minutes || seed === undefined || Number.isNaN(seed) || students > 5_000) {
    console.error(
      `--server and --join-code are needed; --students (1 to 5000), --minutes and --seed are numbers.\n\n${help}`,
    );
    return 2;
  }
  const stop = new AbortController();
  setMaxListeners(0, stop.signal); // one per waiting student
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const scriptMinutes = labScript.reduce((sum, question) => sum + question.minutes * 1.3, 0);
  const played = Array.from({ length: students }, (_, index) =>
    playStudent({
      server,
      code,
      name: studentName(index),
      random: seededRandom(seed * 10_007 + index),
      script: labScript,
      minuteMs: (minutes / scriptMinutes) * 60_000,
      signal: stop.signal,
    }),
  );
  const ends = await Promise.allSettled(played);
  const failures = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
  for (const failure of failures.slice(0, 3)) console.error(failure instanceof Error ? failure.message : failure);
  if (failures.length > 3) console.error(`… and ${failures.length - 3} more students failed`);
  return failures.length > 0 ? 1 : 0;
}

process.exitCode = await main();
