/** Which server, lab and assignment a notebook belongs to: `metadata.nbpulse`, then the settings, then the environment. */
import { notebookLink, type NotebookLink } from '@nbpulse/schema/wire';
import { parseAddress, type Parsed, type ServerAddress } from './address.js';

/** The notebook's own words; an empty link when it says nothing; a message when what it says can't be read. */
export function readLink(metadata: unknown): Parsed<NotebookLink> {
  if (metadata === undefined || metadata === null) return { ok: true, value: {} };
  const parsed = notebookLink.safeParse(metadata);
  if (parsed.success) return { ok: true, value: parsed.data };
  const where = parsed.error.issues[0]?.path.join('.') ?? '';
  return {
    ok: false,
    message: `The notebook's metadata “nbpulse${where ? `.${where}` : ''}” can't be read, so the notebook is not linked to a lab. Type the server and the join code here instead.`,
  };
}

/** The first place that names a server wins; a name that is no address is passed over. */
export function serverOf(sources: { settings: string; link: NotebookLink; environment: string }): ServerAddress | null {
  for (const text of [sources.settings, sources.link.server ?? '', sources.environment]) {
    if (text.trim() === '') continue;
    const address = parseAddress(text);
    if (address.ok) return address.value;
  }
  return null;
}
