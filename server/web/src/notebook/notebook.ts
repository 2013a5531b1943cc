/** Reads a notebook file into what its page shows. A broken part is shown as text, never a reason to show nothing. */
import { z } from 'zod';

const multiline = z
  .union([z.string(), z.array(z.string())])
  .transform((text) => (Array.isArray(text) ? text.join('') : text));
const bundle = z.record(z.string(), z.unknown());
const output = z.union([
  z.object({ output_type: z.literal('stream'), name: z.string().default('stdout'), text: multiline }),
  z.object({
    output_type: z.literal('error'),
    ename: z.string().default('Error'),
    evalue: z.string().default(''),
    traceback: z.array(z.string()).default([]),
  }),
  z.object({
    output_type: z.enum(['display_data', 'execute_result', 'update_display_data']),
    data: bundle.default({}),
  }),
]);
const cell = z.object({
  id: z.string().max(64).optional().catch(undefined),
  cell_type: z.string(),
  source: multiline.default(''),
  outputs: z.array(z.unknown()).default([]),
  execution_count: z.int().nullable().optional(),
});
const file = z.object({ cells: z.array(z.unknown()) });

export type NotebookOutput =
  | { kind: 'text'; text: string; wrong: boolean }
  | { kind: 'picture'; mime: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp'; b64: string }
  | { kind: 'left-out'; mime: string };
export interface NotebookCell {
  /** Of newer notebooks: the same in each version of a cell. */
  id: string | null;
  kind: 'markdown' | 'code' | 'raw';
  source: string;
  count: number | null;
  outputs: NotebookOutput[];
}

const pictures = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'] as const;

function outputOf(json: unknown): NotebookOutput {
  const parsed = output.safeParse(json);
  if (!parsed.success) return { kind: 'left-out', mime: 'an output of unknown form' };
  const one = parsed.data;
  if (one.output_type === 'stream') return { kind: 'text', text: one.text, wrong: one.name === 'stderr' };
  if (one.output_type === 'error')
    return {
      kind: 'text',
      text: one.traceback.length > 0 ? one.traceback.join('\n') : `${one.ename}: ${one.evalue}`,
      wrong: true,
    };
  for (const mime of pictures) {
    const b64 = multiline.safeParse(one.data[mime]);
    if (b64.success && /^[A-Za-z0-9+/=\s]+$/.test(b64.data))
      return { kind: 'picture', mime, b64: b64.data.replace(/\s/g, '') };
  }
  const text = multiline.safeParse(one.data['text/plain']);
  if (text.success) return { kind: 'text', text: text.data, wrong: false };
  return { kind: 'left-out', mime: Object.keys(one.data)[0] ?? 'an empty output' };
}

export function notebookOf(text: string): NotebookCell[] | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = file.safeParse(json);
  if (!parsed.success) return null;
  return parsed.data.cells.map((one): NotebookCell => {
    const read = cell.safeParse(one);
    if (!read.success) return { id: null, kind: 'raw', source: JSON.stringify(one, null, 1), count: null, outputs: [] };
    const { id, cell_type, source, outputs, execution_count } = read.data;
    const kind = cell_type === 'markdown' || cell_type === 'code' ? cell_type : 'raw';
    return {
      id: id ?? null,
      kind,
      source,
      count: execution_count ?? null,
      outputs: kind === 'code' ? outputs.map(outputOf) : [],
    };
  });
}
