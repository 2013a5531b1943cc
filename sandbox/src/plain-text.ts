/**
 * Text from a sandbox, made safe to store and to show as plain text: no NUL and no half surrogate pairs (Postgres refuses
 * them), no control characters that move a terminal's cursor, cut to a length. HTML in it stays what it is: text.
 */
const controls = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069]/g;
const terminalColours = /\u001B\[[0-9;]*m/g;
const loneSurrogates = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/** @param maxChars in UTF-16 units; what is cut off is counted in the text itself. */
export function plainText(text: string, maxChars: number): string {
  const clean = text.replace(terminalColours, '').replace(loneSurrogates, '\uFFFD').replace(controls, '\uFFFD');
  if (clean.length <= maxChars) return clean;
  const note = `… (${clean.length - maxChars} more characters)`;
  const kept = clean.slice(0, Math.max(0, maxChars - note.length));
  // The cut may fall inside a surrogate pair.
  return kept.replace(/[\uD800-\uDBFF]$/, '') + note;
}

/** What a program printed: like `plainText`, but colours stay (pages show them). */
export function printedText(bytes: Uint8Array): string {
  const text = new TextDecoder('utf-8').decode(bytes);
  return text.replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001A\u001C-\u001F\u007F]/g, '\uFFFD');
}
