/** Work that took too long. What it began may still end, well or not; nobody waits for it. */
export class TooLate extends Error {
  constructor(readonly afterMs: number) {
    super(`no answer within ${afterMs} ms`);
    this.name = 'TooLate';
  }
}

/** The result of `work`, or a rejection with `TooLate`. A failure after that is not reported: its caller was told already. */
export async function within<T>(deadlineMs: number, work: PromiseLike<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      work,
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new TooLate(deadlineMs)), deadlineMs);
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
}
