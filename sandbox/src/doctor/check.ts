/** One line of the doctor: what was looked at, what was found, what it means, what cures it. */
export interface Check {
  /**
   * `good`: as it should be. `bad`: grading does not work, or not safely, because of this. `weak`: it works, and an
   * operator should know. `note`: neither; another way is used.
   */
  state: 'good' | 'bad' | 'weak' | 'note';
  what: string;
  /** What it means for students' code and the host. */
  meaning?: string;
  /** A command, or what to change. */
  cure?: string;
}

const marks: Readonly<Record<Check['state'], string>> = {
  good: '✓ ok  ',
  bad: '✗ no  ',
  weak: '! weak',
  note: '– note',
};

/** @example checkLine({state: 'bad', what: 'no bwrap', cure: 'apt-get install bubblewrap'}) */
export function checkLine(check: Check): string {
  const meaning = check.meaning === undefined ? '' : ` – ${check.meaning}`;
  const cure = check.cure === undefined ? '' : `\n         cure: ${check.cure}`;
  return `${marks[check.state]} ${check.what}${meaning}${cure}`;
}
