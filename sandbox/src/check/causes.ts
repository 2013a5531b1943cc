/** What stands behind a failure of the author's own code, read from the words of its exception. */
import { plainText } from '../plain-text.js';

export type Cause =
  | { kind: 'missing-package'; name: string }
  | { kind: 'missing-file'; path: string }
  | { kind: 'needs-network' }
  | { kind: 'cannot-cross'; said: string };

const noFile = /FileNotFoundError: (?:\[Errno 2\] [^:'"]*:\s*|File )['"]?(.+?)['"]?(?: does not exist.*)?$/m;
/** A sandbox has no network and makes no sockets for one: errors of the resolver, of connecting, and of `socket()` itself. */
const noNetwork =
  /\[Errno 97\]|\[Errno 101\]|Address family not supported|Name or service not known|Temporary failure in name resolution|Network is unreachable|gaierror|NewConnectionError|NameResolutionError|ConnectError/;
/** The exception's own line; a traceback shows lines of ours with such words before it. */
const noCrossing = /CannotCross: (.+)$/m;
const saysNoCrossing = /^(.*cannot cross.*)$/m;

/** @param text an exception with what stands around it; pytest's report, or what a notebook's cell said */
export function causeIn(text: string): Cause | null {
  const name = /No module named '(\w+)/.exec(text)?.[1];
  if (name !== undefined) return { kind: 'missing-package', name };
  if (noNetwork.test(text)) return { kind: 'needs-network' };
  const path = noFile.exec(text)?.[1];
  if (path !== undefined) return { kind: 'missing-file', path: plainText(path, 200) };
  const said = (noCrossing.exec(text) ?? saysNoCrossing.exec(text))?.[1];
  return said === undefined ? null : { kind: 'cannot-cross', said: plainText(said.replace(/^E\s+/, '').trim(), 500) };
}

/** The line or two of a test's report that say why: pytest marks them with an `E`. */
export function whyIn(report: string | undefined): string {
  const lines = (report ?? '').split('\n');
  const marked = lines.filter((line) => /^E\s/.test(line)).map((line) => line.replace(/^E\s+/, ''));
  const said = marked.length > 0 ? marked.slice(0, 3) : lines.filter((line) => line.trim() !== '').slice(-1);
  return plainText(
    said
      .join(' · ')
      .replaceAll(/ object at 0x[0-9a-f]+/g, '')
      .replaceAll(/\s+/g, ' ')
      .trim(),
    600,
  );
}
