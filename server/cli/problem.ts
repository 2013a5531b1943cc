/** What went wrong, for the person at the terminal: one or more lines, the last of which says what to do. */
export class CliProblem extends Error {
  constructor(
    message: string,
    /** 1: it did not work; 2: it was called wrongly. */
    readonly exitCode: 1 | 2 = 1,
  ) {
    super(message);
  }
}
