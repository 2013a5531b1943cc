/**
 * How a notebook is stored: outputs over 32 kB are blobs of their own, so that a plot which did not change between two
 * checkpoints is stored once; the rest is gzipped. Outputs are cut out as spans of bytes, never parsed and written anew,
 * so the exact bytes come back whatever the notebook's spacing, number format or key order. Whoever stores proves it by
 * putting the parts together again before it commits.
 */
import { gunzip, gzip } from 'node:zlib';
import { promisify } from 'node:util';
import { z } from 'zod';
import { KiB } from '@nbpulse/schema/wire';

const gzipAsync = promisify(gzip);
const gunzipAsync = promisify(gunzip);

export const cutFromBytes = 32 * KiB;

export interface Span {
  start: number;
  end: number;
}

const quote = 0x22;
const backslash = 0x5c;

/** The position after the string that starts at `at`. */
function afterString(bytes: Uint8Array, at: number): number {
  let end = at;
  for (;;) {
    end = bytes.indexOf(quote, end + 1);
    if (end < 0) return bytes.length;
    let slashes = 0;
    while (bytes[end - 1 - slashes] === backslash) slashes += 1;
    if (slashes % 2 === 0) return end + 1;
  }
}

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
const skipSpace = (bytes: Uint8Array, from: number): number => {
  let at = from;
  while (isSpace(bytes[at])) at += 1;
  return at;
};

/** The position after the value that starts at `at`; brackets are counted, so depth costs no stack. */
function afterValue(bytes: Uint8Array, at: number): number {
  const first = bytes[at];
  if (first === quote) return afterString(bytes, at);
  if (first !== 0x7b && first !== 0x5b) {
    let end = at;
    while (end < bytes.length && !isSpace(bytes[end]) && ![0x2c, 0x5d, 0x7d].includes(bytes[end] ?? 0)) end += 1;
    return end;
  }
  let depth = 0;
  let end = at;
  while (end < bytes.length) {
    const byte = bytes[end];
    if (byte === quote) {
      end = afterString(bytes, end);
      continue;
    }
    end += 1;
    if (byte === 0x7b || byte === 0x5b) depth += 1;
    else if (byte === 0x7d || byte === 0x5d) {
      depth -= 1;
      if (depth === 0) return end;
    }
  }
  return bytes.length;
}

/** Spans of the values in an array at `at`; none when there is no array. */
function* items(bytes: Uint8Array, at: number): Generator<Span> {
  if (bytes[at] !== 0x5b) return;
  let next = skipSpace(bytes, at + 1);
  while (next < bytes.length && bytes[next] !== 0x5d) {
    const end = afterValue(bytes, next);
    yield { start: next, end };
    next = skipSpace(bytes, end);
    if (bytes[next] === 0x2c) next = skipSpace(bytes, next + 1);
  }
}

/** Spans of the values under `key` in an object at `at`: one, unless the key was written twice. */
function* valuesUnder(bytes: Uint8Array, at: number, key: string): Generator<Span> {
  if (bytes[at] !== 0x7b) return;
  const wanted = Buffer.from(`"${key}"`);
  let next = skipSpace(bytes, at + 1);
  while (next < bytes.length && bytes[next] === quote) {
    const keyEnd = afterString(bytes, next);
    const start = skipSpace(bytes, skipSpace(bytes, keyEnd) + 1);
    const end = afterValue(bytes, start);
    if (wanted.equals(bytes.subarray(next, keyEnd))) yield { start, end };
    next = skipSpace(bytes, end);
    if (bytes[next] === 0x2c) next = skipSpace(bytes, next + 1);
  }
}

/** Where the large outputs of a notebook stand. `bytes` is valid JSON. */
export function largeOutputs(bytes: Uint8Array): Span[] {
  const found: Span[] = [];
  const top = skipSpace(bytes, 0);
  for (const cells of valuesUnder(bytes, top, 'cells')) {
    for (const cell of items(bytes, cells.start)) {
      for (const outputs of valuesUnder(bytes, cell.start, 'outputs')) {
        for (const output of items(bytes, outputs.start)) {
          if (output.end - output.start > cutFromBytes) found.push(output);
        }
      }
    }
  }
  return found;
}

const header = z.object({
  v: z.literal(1),
  /** Length of the whole. */
  bytes: z.int(),
  /** Where each cut stood in the whole, and the blob that holds it. */
  cuts: z.array(z.object({ at: z.int(), bytes: z.int(), sha256: z.string() })),
});

/** What is stored: gzipped header line and the bytes that are left. `putOutput` keeps one large output and names it. */
export async function takeApart(
  bytes: Uint8Array,
  spans: Span[],
  putOutput: (part: Uint8Array) => Promise<{ sha256: string }>,
): Promise<{ stored: Buffer; outputs: string[] }> {
  const cuts: z.infer<typeof header>['cuts'] = [];
  const rest: Uint8Array[] = [];
  let from = 0;
  for (const { start, end } of spans) {
    rest.push(bytes.subarray(from, start));
    const { sha256 } = await putOutput(bytes.subarray(start, end));
    cuts.push({ at: start, bytes: end - start, sha256 });
    from = end;
  }
  rest.push(bytes.subarray(from));
  const head: z.infer<typeof header> = { v: 1, bytes: bytes.byteLength, cuts };
  const stored = await gzipAsync(Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), ...rest]));
  return { stored, outputs: cuts.map((cut) => cut.sha256) };
}

/** The exact bytes again. */
export async function putTogether(
  stored: Uint8Array,
  getOutput: (sha256: string) => Promise<Uint8Array | null>,
): Promise<Uint8Array<ArrayBuffer>> {
  const raw = await gunzipAsync(stored);
  const line = raw.indexOf(0x0a);
  const head = header.parse(JSON.parse(raw.subarray(0, line).toString('utf8')));
  const whole = new Uint8Array(head.bytes);
  let from = line + 1;
  let at = 0;
  for (const cut of head.cuts) {
    const before = cut.at - at;
    whole.set(raw.subarray(from, from + before), at);
    const part = await getOutput(cut.sha256);
    if (part?.byteLength !== cut.bytes) throw new Error(`the blob ${cut.sha256} of a notebook's output is missing`);
    whole.set(part, cut.at);
    from += before;
    at = cut.at + cut.bytes;
  }
  whole.set(raw.subarray(from), at);
  return whole;
}
