/** Reads a request's body up to a limit, and stops reading at the limit. */
import { refuse, type ProblemReply } from './problem-reply.js';

/** `what` names the thing in the refusal: "A notebook". */
export async function readBody(
  request: Request,
  maxBytes: number,
  what: string,
): Promise<Uint8Array<ArrayBuffer> | ProblemReply> {
  const tooLarge = () =>
    refuse(413, 'too-large', `${what} can have at most ${inWords(maxBytes)}. Make it smaller and send it again.`);
  const declared = Number(request.headers.get('content-length') ?? 0);
  if (declared > maxBytes) return tooLarge();
  if (request.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = request.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.byteLength;
    if (length > maxBytes) {
      await reader.cancel();
      return tooLarge();
    }
    chunks.push(value);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}

const inWords = (bytes: number): string =>
  bytes >= 1024 * 1024
    ? `${String(Math.round((bytes / 1024 / 1024) * 10) / 10)} MiB`
    : `${String(Math.round(bytes / 1024))} KiB`;

/**
 * Nesting of JSON text, strings skipped: asked before parsing, because a megabyte of `[` would exhaust the stack of whoever
 * walks the parsed value.
 */
export function jsonDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (inString) {
      if (code === 92) index++;
      else if (code === 34) inString = false;
    } else if (code === 34) inString = true;
    else if (code === 91 || code === 123) deepest = Math.max(deepest, ++depth);
    else if (code === 93 || code === 125) depth--;
  }
  return deepest;
}
/** A value of `limits.valueDepth` levels has at most three JSON levels each, and an envelope. */
export const maxJsonDepth = 100;
