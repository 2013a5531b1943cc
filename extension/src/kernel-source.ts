/**
 * When a kernel's environment lacks our Python package, its source is registered there as module `nbpulse`.
 *
 * One silent execution: it shows nothing, counts nothing and leaves no name in the student's namespace. Only for
 * Python kernels. With the package installed it merely imports it, so that the kernel says hello before the first `send`.
 */
import type { KernelPort } from './kernel-port.js';

export interface KernelBundle {
  version: string;
  /** File name → source: `send.py`, `encode.py` … */
  sources: Record<string, string>;
}

/**
 * A Python string literal of `value` as JSON. Everything beyond ASCII is escaped in the JSON, not in the literal: Python
 * would read an escaped surrogate pair as two lone surrogates, `json.loads` reads it as one character.
 */
export const pythonLiteral = (value: unknown): string =>
  JSON.stringify(
    JSON.stringify(value).replace(
      /[\u007f-\uffff]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  );

/** One expression, so that nothing is bound in the student's namespace. */
export function registration(bundle: KernelBundle): string {
  const register = bundle.sources['_register.py'] ?? '';
  const space = `{'__name__': '_nbpulse_register', 'bundle': __import__('json').loads(${pythonLiteral(bundle)})}`;
  return `exec(__import__('json').loads(${pythonLiteral(register)}), ${space})`;
}

/** True when the kernel speaks Python and ran it. A kernel that is busy answers when it is free. */
export async function registerInKernel(kernel: KernelPort, bundle: KernelBundle): Promise<boolean> {
  const spec = await kernel.spec.catch(() => undefined);
  if (spec?.language.toLowerCase() !== 'python' || kernel.isDisposed || kernel.status === 'dead') return false;
  const code = registration(bundle);
  const content = { code, silent: true, store_history: false, allow_stdin: false, stop_on_error: false };
  const reply = await kernel.requestExecute(content, true).done.catch(() => null);
  return reply?.content.status === 'ok';
}
