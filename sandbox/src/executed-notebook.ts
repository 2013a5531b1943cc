/**
 * The executed notebook, as it came out of the student's process: their word, kept to be looked at, never a result. Here it is
 * held to nbformat 4.5 with caps, and written anew: what is kept holds only what this schema knows.
 */
import { z } from 'zod';
import { KiB, MiB } from '@nbpulse/schema/wire';

export const executedBytes = 8 * MiB + 64 * KiB;
/** The probe writes at most 24 levels below a key of metadata or of a display. */
const mostDepth = 40;

const text = z.string().max(executedBytes);
const metadata = z.record(z.string().max(200), z.unknown());
const mime = z
  .string()
  .max(120)
  .regex(/^[A-Za-z]+\/[\w.+-]+$/);
const display = { data: z.record(mime, z.unknown()), metadata };
const output = z.discriminatedUnion('output_type', [
  z.object({ output_type: z.literal('stream'), name: z.enum(['stdout', 'stderr']), text }),
  z.object({ output_type: z.literal('display_data'), ...display }),
  z.object({ output_type: z.literal('execute_result'), execution_count: z.int().nullable(), ...display }),
  z.object({ output_type: z.literal('error'), ename: text, evalue: text, traceback: z.array(text).max(1_000) }),
]);
const anyCell = { id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/), metadata, source: text };
const attachments = z.record(z.string().max(400), z.record(mime, text)).optional();
const cell = z.discriminatedUnion('cell_type', [
  z.object({
    cell_type: z.literal('code'),
    ...anyCell,
    execution_count: z.int().nullable(),
    outputs: z.array(output).max(400),
  }),
  z.object({ cell_type: z.literal('markdown'), ...anyCell, attachments }),
  z.object({ cell_type: z.literal('raw'), ...anyCell, attachments }),
]);
const notebook = z.object({
  nbformat: z.literal(4),
  nbformat_minor: z.literal(5),
  metadata,
  cells: z.array(cell).max(2_000),
});

/** The notebook's bytes, or why it is none, for staff. */
export function executedNotebook(sent: Uint8Array): { bytes: Uint8Array } | { problem: string } {
  if (sent.byteLength > executedBytes)
    return { problem: `it has ${sent.byteLength} bytes, at most ${executedBytes} are kept` };
  if (isDeep(sent)) return { problem: `it is nested deeper than ${mostDepth} levels` };
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(sent));
  } catch {
    return { problem: 'it is no JSON' };
  }
  const parsed = notebook.safeParse(json);
  if (!parsed.success) return { problem: `it is no notebook: ${z.prettifyError(parsed.error).slice(0, 300)}` };
  return { bytes: Buffer.from(JSON.stringify(parsed.data), 'utf8') };
}

/** Counted over the bytes, so that nothing recurses into it first. */
function isDeep(bytes: Uint8Array): boolean {
  const [quote, backslash] = [0x22, 0x5c];
  let depth = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (inString) {
      if (byte === backslash) at += 1;
      else if (byte === quote) inString = false;
    } else if (byte === quote) inString = true;
    else if (byte === 0x5b || byte === 0x7b) {
      depth += 1;
      if (depth > mostDepth) return true;
    } else if (byte === 0x5d || byte === 0x7d) depth -= 1;
  }
  return false;
}
