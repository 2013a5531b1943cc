/** The bytes of a notebook for a checkpoint or a submission: as they stand on the student's disk after saving. */
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';
import { notebookProblem } from '@nbpulse/schema/wire';
import type { Parsed } from './address.js';
import { sha256Hex } from './binary.js';

export interface NotebookBytes {
  bytes: Uint8Array;
  sha256: string;
}

/** Saves first. Expected failures are words for the student. */
export async function savedBytes(panel: NotebookPanel, contents: Contents.IManager): Promise<Parsed<NotebookBytes>> {
  const { context } = panel;
  if (context.model.readOnly) {
    return {
      ok: false,
      message: 'This notebook is read-only. Save a copy of it (File, Save Notebook As) and send that.',
    };
  }
  try {
    await context.save();
  } catch {
    return {
      ok: false,
      message: 'Jupyter could not save the notebook, so it was not sent. Save it (File, Save Notebook) and try again.',
    };
  }
  const text = await textOnDisk(context.path, contents);
  // A contents service that gives no raw text (a plug-in drive) leaves the model as it was just saved.
  const bytes = new TextEncoder().encode(text ?? `${JSON.stringify(context.model.toJSON(), null, 1)}\n`);
  const problem = notebookProblem(bytes);
  if (problem) return { ok: false, message: problem.message };
  return { ok: true, value: { bytes, sha256: await sha256Hex(bytes) } };
}

async function textOnDisk(path: string, contents: Contents.IManager): Promise<string | null> {
  try {
    const file = await contents.get(path, { type: 'file', format: 'text', content: true });
    return typeof file.content === 'string' ? file.content : null;
  } catch {
    return null;
  }
}
