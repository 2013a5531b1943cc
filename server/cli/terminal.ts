/** Where words go: results to `out`, all else to `err`. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
}
export const ownTerminal: Terminal = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
};
