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
    // A client that goes away half-way is no fault of the server.
    const part = await reader.read().catch(() => null);
    if (part === null) return refuse(400, 'invalid', `${what} did not arrive whole. Send it again.`);
    const { done, value } = part;
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
