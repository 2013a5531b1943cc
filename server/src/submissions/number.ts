import { randomInt } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** For people to read out: `S-7F9D2K`, 30 random bits. The database refuses a double; then another is drawn. */
export const submissionNumber = (): string =>
  `S-${Array.from({ length: 6 }, () => alphabet.charAt(randomInt(alphabet.length))).join('')}`;
