/** A whole class at once: everybody joins, sends an answer of every kind, and stays online. For tests of a large class. */
import type { Value } from '@nbpulse/schema/wire';
import { array, code, error, frame, int, scatter, text } from './encode.js';
import { join, ParticipantClient } from './participant-client.js';
import { studentName } from './mathematicians.js';

const joinsAtOnce = 12;

/** The nth student's answers to the questions of the example lab "Hello send": some right, some wrong in ways that many share. */
export function answersOf(index: number): [question: string, value: Value][] {
  const pick = <T>(...choices: [T, ...T[]]): T => choices[index % choices.length] ?? choices[0];
  return [
    ['1', text(pick('Hello from my notebook', 'hello from my  notebook!', 'Hello, world', 'Grüße aus dem Heft'))],
    ['2', index % 50 === 49 ? { t: 'float', v: 'inf' } : int(pick(604_800, 604_800, 604_800, 86_400, 10_080))],
    [
      '3',
      array(
        [10],
        Array.from({ length: 10 }, (_, at) => (at + 1) ** pick(2, 2, 3)),
        'int64',
      ),
    ],
    ['4', frame({ city: ['Bern', 'Nairobi', 'Lima'], celsius: [8.5, pick(24, 24, 42), 19.5] })],
    ['5', scatter([[0.1, 0.2, [43, 68, 176]] as const, [0.8, pick(0.9, 0.5), [196, 62, 8]] as const], 96, 72)],
    [
      '6',
      pick(
        code('is_prime', 'def is_prime(n):\n    return n > 1 and all(n % d for d in range(2, n))\n'),
        code(
          'is_prime',
          'def is_prime(number):\n    # every smaller number\n    return number > 1 and all(number % k for k in range(2, number))\n',
        ),
        code('is_prime', 'def is_prime(n):\n    return all(n % d for d in range(2, n))\n'),
        error('ZeroDivisionError', 'integer modulo by zero', 'return all(n % d for d in range(n))'),
      ),
    ],
  ];
}

/** Resolves when every record is saved. */
export async function joinWholeClass(options: {
  server: string;
  code: string;
  students: number;
  answers?: (index: number) => [question: string, value: Value][];
}): Promise<{ clients: ParticipantClient[]; close: () => void }> {
  const { server, students, answers = answersOf } = options;
  const clients: ParticipantClient[] = [];
  let next = 0;
  const joining = async (): Promise<void> => {
    for (let index = next++; index < students; index = next++) {
      const client = new ParticipantClient(
        server,
        await join({ server, code: options.code, name: studentName(index) }),
      );
      clients[index] = client;
      await client.opened();
      await Promise.all(answers(index).map(([question, value]) => client.send(question, value)));
    }
  };
  await Promise.all(Array.from({ length: joinsAtOnce }, joining));
  return {
    clients,
    close: () => {
      for (const client of clients) client.close();
    },
  };
}
