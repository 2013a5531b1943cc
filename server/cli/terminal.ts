/** Where words go: results to `out`, all else to `err`. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** How wide the screen is; undefined where nobody looks: a pipe, a file. */
  readonly outColumns?: number;
  readonly errColumns?: number;
}
export const ownTerminal: Terminal = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  get outColumns() {
    return process.stdout.isTTY ? process.stdout.columns : undefined;
  },
  get errColumns() {
    return process.stderr.isTTY ? process.stderr.columns : undefined;
  },
};
