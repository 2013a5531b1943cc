/** Cells that send, and that say outside of nbpulse how far they got: the model against which the teacher's records are held. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Started } from './started.js';

export interface SendingCell {
  source: string;
  /** The last number that `send` was given; -1 before the first. */
  reached: () => number;
}

/** Sends `from` up to `from + count - 1` to the question, one each 50 ms. */
export function sendingCell(started: Started, name: string, question: string, count: number, from = 0): SendingCell {
  const noted = join(started.dataDir, 'notebooks', `.noted-${name}`);
  const source = `
import time
from nbpulse import send
for number in range(${from}, ${from + count}):
    send(number, ${JSON.stringify(question)})
    with open(${JSON.stringify(noted)}, "w") as file:
        file.write(str(number))
    time.sleep(0.05)
print("all", "sent")
`;
  return { source, reached: () => (existsSync(noted) ? Number(readFileSync(noted, 'utf8') || -1) : -1) };
}
