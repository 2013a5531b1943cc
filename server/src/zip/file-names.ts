/** Names of files that are safe on every system. */

const mostChars = 60;

/** Letters, digits, `-`, `_` and spaces inside; all else becomes `_`. Never empty, never a name that Windows keeps for itself. */
export function safeName(text: string, otherwise: string): string {
  const name = [
    ...text.normalize('NFC').replace(/[^\p{L}\p{M}\p{N}_-]+/gu, (between) => (/^ +$/.test(between) ? ' ' : '_')),
  ]
    .slice(0, mostChars)
    .join('')
    .trim();
  if (name === '') return otherwise;
  return /^(con|prn|aux|nul|com\d|lpt\d)$/i.test(name) ? `_${name}` : name;
}

/** `2026-11-21T10-00-00`: as a part of a file's name. */
export const fileTime = (instant: string): string => instant.slice(0, 19).replaceAll(':', '-');

/** The header `content-disposition` of a download: in ASCII for old readers, and as it is (RFC 6266). */
export function attachment(fileName: string): string {
  const ascii = fileName.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(fileName).replace(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16)}`);
  return ascii === fileName
    ? `attachment; filename="${fileName}"`
    : `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

/** Makes each name unique, also where capitals don't count: `plot`, `Plot-2`. */
export function uniqueNames(): (name: string) => string {
  const taken = new Set<string>();
  return (name) => {
    for (let n = 1; ; n++) {
      const tried = n === 1 ? name : `${name}-${n}`;
      const key = tried.toLowerCase();
      if (taken.has(key)) continue;
      taken.add(key);
      return tried;
    }
  };
}

/** The ending of a picture's file. `mime` null: no record tells its type any more. */
export const pictureEnding = (mime: string | null): string => (mime === null ? 'bin' : (endings[mime] ?? 'bin'));
const endings: Record<string, string> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'image/svg+xml': 'svg',
};
