/**
 * Length-framed JSON, both ways: u32 little endian, then that many bytes of UTF-8. The oracle's stdout is the only stream
 * that is ever read as results, and whatever does not fit the frame ends the reading for good.
 */
export function encodeFrame(message: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(message), 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  return Buffer.concat([length, body]);
}

/** Collects chunks and gives whole messages. States: *reading*; *broken*, after which everything is ignored. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #bufferedBytes = 0;
  #broken: string | undefined;

  constructor(private readonly maxFrameBytes: number) {}

  /** Why reading stopped, in words for staff. */
  get broken(): string | undefined {
    return this.#broken;
  }

  push(chunk: Buffer): unknown[] {
    if (this.#broken !== undefined) return [];
    this.#chunks.push(chunk);
    this.#bufferedBytes += chunk.length;
    const messages: unknown[] = [];
    for (let body = this.#take(); body !== undefined; body = this.#take()) {
      try {
        messages.push(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)));
      } catch {
        this.#broken = 'a frame was no JSON';
        return messages;
      }
    }
    return messages;
  }

  #take(): Buffer | undefined {
    if (this.#broken !== undefined || this.#bufferedBytes < 4) return undefined;
    // Joined only when a whole frame is there: a large one arrives in hundreds of chunks.
    if ((this.#chunks[0]?.length ?? 0) < 4) this.#chunks = [Buffer.concat(this.#chunks)];
    const length = this.#chunks[0]?.readUInt32LE(0) ?? 0;
    if (length > this.maxFrameBytes) {
      this.#broken = `a frame claims ${length} bytes, at most ${this.maxFrameBytes} are read`;
      return undefined;
    }
    if (this.#bufferedBytes < 4 + length) return undefined;
    const all = Buffer.concat(this.#chunks);
    const rest = all.subarray(4 + length);
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#bufferedBytes = rest.length;
    return all.subarray(4, 4 + length);
  }
}
