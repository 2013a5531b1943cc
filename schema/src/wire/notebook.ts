/** What we read and write of a notebook file. */
import { z } from 'zod';
import { slug } from './grading.js';
import { limits } from './limits.js';
import type { ProblemCode } from './problem.js';

/** `metadata.nbpulse` of a notebook: which server, lab and assignment it belongs to. */
export const notebookLink = z.object({
  server: z.url().optional(),
  lab: z.uuid().optional(),
  joinCode: z.string().max(20).optional(),
  assignment: slug.optional(),
});
export type NotebookLink = z.infer<typeof notebookLink>;

const notebookShape = z.object({
  nbformat: z.int(),
  nbformat_minor: z.int(),
  metadata: z.record(z.string(), z.unknown()),
  cells: z.array(z.looseObject({ cell_type: z.string() })),
});

/** Says in words why `bytes` is no notebook that we take, or null when it is one: JSON, nbformat 4, at most 10 MB. */
export function notebookProblem(bytes: Uint8Array): { code: ProblemCode; message: string } | null {
  if (bytes.byteLength > limits.notebookBytes) {
    const mb = (bytes.byteLength / 1e6).toFixed(1);
    return {
      code: 'too-large',
      message: `This notebook has ${mb} MB; at most ${String(limits.notebookBytes / 1024 / 1024)} MiB can be stored. Clear large outputs (Edit, Clear Outputs of All Cells) and try again.`,
    };
  }
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return {
      code: 'not-a-notebook',
      message: 'This file is not a notebook: it is not valid JSON. Save the notebook in Jupyter and try again.',
    };
  }
  if (typeof json === 'object' && json !== null && 'nbformat' in json && json.nbformat !== 4) {
    return {
      code: 'not-a-notebook',
      message: `This notebook has format ${String(json.nbformat).slice(0, 20)}; only format 4 is taken. Open it in JupyterLab and save it, which upgrades it.`,
    };
  }
  if (!notebookShape.safeParse(json).success) {
    return {
      code: 'not-a-notebook',
      message:
        'This file is JSON, but not a notebook (it needs nbformat, metadata and cells). Save the notebook in Jupyter and try again.',
    };
  }
  return null;
}
