/** The unexpected, told to the operator once, with a code that the user sees too. Never a secret, never what a student wrote. */
import { randomBytes } from 'node:crypto';

/** Where reports go: standard error, one JSON object a line. */
export type WriteReport = (line: string) => void;
let write: WriteReport = (line) => void process.stderr.write(line + '\n');

/** For tests that expect a fault. Returns what puts the former back. */
export function reportFaultsTo(next: WriteReport): () => void {
  const former = write;
  write = next;
  return () => {
    write = former;
  };
}

/** @returns the code under which it was logged: `F-7K2QXM` */
export function reportFault(error: unknown, where: string): string {
  const code = `F-${randomBytes(4).toString('hex').slice(0, 6).toUpperCase()}`;
  write(JSON.stringify({ at: new Date().toISOString(), fault: code, where, ...describe(error) }));
  return code;
}

function describe(error: unknown): { error: string; code?: string; frames?: string[]; cause?: unknown } {
  if (!(error instanceof Error)) return { error: typeof error };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const frames = (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 12)
    .map((line) => line.trim());
  // drizzle's message repeats the statement and its parameters, and so what students wrote; its cause says what went wrong.
  const message = error.message.startsWith('Failed query') ? 'a statement failed' : error.message.slice(0, 300);
  return {
    error: `${error.name}: ${message}`,
    ...(code === undefined ? {} : { code }),
    frames,
    ...(error.cause === undefined ? {} : { cause: describe(error.cause) }),
  };
}
