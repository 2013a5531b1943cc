/**
 * A form as the tracker's notebooks and pages send it: urlencoded, or multipart with one picture. The door is open to anybody, so
 * what it holds in memory at one moment is bounded over all callers, and a body that dribbles in is given up.
 */
import { MiB, second } from '@nbpulse/schema/wire';

export interface Form {
  text: URLSearchParams;
  file: Buffer | null;
}
export interface WrongForm {
  status: 400 | 408 | 413 | 429;
  wrong: string;
}

const bodyBytes = 8 * MiB;
const bodiesBytes = 128 * MiB;
const arrivesWithinMs = 20 * second;
const maxFields = 500;

export function formReader() {
  /** Bytes of bodies that are here but not answered yet. */
  let held = 0;

  async function readBytes(request: Request): Promise<Buffer<ArrayBuffer> | WrongForm> {
    const tooLarge: WrongForm = { status: 413, wrong: `Error: The data is larger than ${bodyBytes / MiB} MB` };
    if (Number(request.headers.get('content-length') ?? 0) > bodyBytes) return tooLarge;
    if (request.body === null) return Buffer.alloc(0);
    const reader = request.body.getReader();
    const late = setTimeout(() => void reader.cancel().catch(() => undefined), arrivesWithinMs);
    const chunks: Uint8Array[] = [];
    let length = 0;
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        length += value.byteLength;
        held += value.byteLength;
        if (length > bodyBytes || held > bodiesBytes) {
          await reader.cancel();
          return length > bodyBytes ? tooLarge : { status: 429, wrong: 'Error: The server is busy. Send it again' };
        }
        chunks.push(value);
      }
      const declared = request.headers.get('content-length');
      if (declared !== null && length < Number(declared)) {
        return { status: 408, wrong: 'Error: The data did not arrive whole. Send it again' };
      }
      return Buffer.concat(chunks);
    } catch {
      return { status: 400, wrong: 'Error: The data did not arrive whole. Send it again' };
    } finally {
      clearTimeout(late);
      held -= length;
    }
  }

  return async function readForm(request: Request): Promise<Form | WrongForm> {
    const bytes = await readBytes(request);
    if (!Buffer.isBuffer(bytes)) return bytes;
    const type = request.headers.get('content-type') ?? '';
    if (/^multipart\/form-data\b/i.test(type)) return readMultipart(bytes, type);
    return readUrlencoded(bytes);
  };
}

export const isWrongForm = (form: Form | WrongForm): form is WrongForm => 'wrong' in form;

const tooMany: WrongForm = { status: 400, wrong: 'Error: Too many fields' };

function readUrlencoded(bytes: Buffer): Form | WrongForm {
  let fields = 1;
  for (let at = bytes.indexOf(0x26); at >= 0; at = bytes.indexOf(0x26, at + 1)) {
    if (++fields > maxFields) return tooMany;
  }
  return { text: new URLSearchParams(bytes.toString('utf8')), file: null };
}

async function readMultipart(bytes: Buffer<ArrayBuffer>, type: string): Promise<Form | WrongForm> {
  const data = await new Response(bytes, { headers: { 'content-type': type } }).formData().catch(() => null);
  if (data === null) return { status: 400, wrong: 'Error: The form is damaged. Send it again' };
  const text = new URLSearchParams();
  let file: Buffer | null = null;
  let fields = 0;
  for (const [name, value] of data) {
    if (++fields > maxFields) return tooMany;
    if (typeof value === 'string') text.append(name, value);
    else if (name === 'file') file ??= Buffer.from(await value.arrayBuffer());
  }
  return { text, file };
}
