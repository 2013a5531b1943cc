/**
 * What a person can do something about: a sentence that says what is wrong, and the cure. Anything else that is thrown is a
 * defect of ours and is shown with its stack.
 */
export class LaunchProblem extends Error {
  /**
   * @param {string} message what is wrong, which value
   * @param {string} [cure] what to do next, usually a command
   * @param {unknown} [cause]
   */
  constructor(message, cure, cause) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'LaunchProblem';
    this.cure = cure;
  }
}

/** @param {unknown} error */
export function explain(error) {
  if (error instanceof LaunchProblem) return error.cure ? `${error.message}\n  → ${error.cure}` : error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
