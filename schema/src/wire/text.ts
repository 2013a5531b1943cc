/** Text that any JSON reader and Postgres' jsonb accept: NUL and lone surrogates escaped, and back. */

/** NUL, or half of a surrogate pair without its other half. */
const unsafe = /\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;
const unsafeAll = new RegExp(unsafe.source + '|\\\\', 'g');
const escapeSequence = /\\(\\|0|u[0-9A-F]{4})/g;

export interface SafeText {
  v: string;
  esc?: true | undefined;
}

/** @example encodeText('a\0b') // { v: 'a\\0b', esc: true } */
export function encodeText(text: string): SafeText {
  if (!unsafe.test(text)) return { v: text };
  const v = text.replace(unsafeAll, (char) => {
    if (char === '\\') return '\\\\';
    if (char === '\0') return '\\0';
    return '\\u' + char.charCodeAt(0).toString(16).toUpperCase();
  });
  return { v, esc: true };
}

export function decodeText(text: SafeText): string {
  if (text.esc !== true) return text.v;
  return text.v.replace(escapeSequence, (_, code: string) => {
    if (code === '\\') return '\\';
    if (code === '0') return '\0';
    return String.fromCharCode(parseInt(code.slice(1), 16));
  });
}

/** True when Postgres can store every string inside `json`; what we encode always is, what a stranger sends may not be. */
export function isStorableJson(json: unknown): boolean {
  if (typeof json === 'string') return !unsafe.test(json);
  if (Array.isArray(json)) return json.every(isStorableJson);
  if (typeof json === 'object' && json !== null) {
    return Object.entries(json).every(([key, item]) => !unsafe.test(key) && isStorableJson(item));
  }
  return true;
}
