/**
 * One event of a batch: validated alone, and made ready to be written. What is wrong with it is said for it alone; its
 * neighbours are saved.
 */
import { createHash } from 'node:crypto';
import {
  canonicalText,
  event as eventSchema,
  isStorableJson,
  limits,
  summaryOf,
  type Event,
  type RefusalCode,
} from '@nbpulse/schema/wire';
import { canonicalJson } from './canonical-json.js';
import { mayHoldPictures, takePictures, type Picture } from './pictures.js';

export interface ReadyEvent {
  seq: number;
  kind: Event['kind'];
  question: string;
  part: string | null;
  cell: string | null;
  /** JSON text for the `body` column. */
  bodyText: string;
  body: unknown;
  bodyHash: string;
  answerHash: string | null;
  summary: string | null;
  isError: boolean;
  /** JSON text plus pictures. */
  bytes: number;
  /** The client's own clock. */
  madeAtMs: number;
  pictures: Picture[];
}
export interface RefusedEvent {
  seq: number;
  code: RefusalCode;
  message: string;
}

/** Nesting of the value's JSON: a list of lists has two levels of JSON for each of its own. */
const maxDepth = 3 * limits.valueDepth + 10;
/** What Postgres' integer holds. */
const maxSeq = 2 ** 31 - 1;

export function readEvent(raw: unknown): ReadyEvent | { refused: RefusedEvent } | { unnumbered: string } {
  const seq = seqOf(raw);
  if (seq === null)
    return { unnumbered: 'An event has no number (seq, a whole number from 1). None of this batch was saved.' };
  const refuse = (code: RefusalCode, message: string) => ({ refused: { seq, code, message } });

  if (deeperThan(raw, maxDepth)) {
    return refuse('invalid', `This value is nested more than ${limits.valueDepth} levels deep. Send a part of it.`);
  }
  const parsed = eventSchema.safeParse(raw);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return refuse(
      'invalid',
      `This record does not fit: ${issue ? `${issue.path.join('.')}: ${issue.message}` : 'unknown form'}`.slice(0, 500),
    );
  }
  const event = parsed.data;
  if (!isStorableJson(event)) {
    return refuse(
      'invalid',
      'This record holds a NUL character or half a surrogate pair, which must come escaped. Update the nbpulse package.',
    );
  }
  const common = { seq, kind: event.kind, question: event.question, madeAtMs: Date.parse(event.madeAt) };
  if (event.kind === 'dropped') {
    const body = { count: event.count };
    const bodyText = JSON.stringify(body);
    return {
      ...common,
      part: null,
      cell: null,
      body,
      bodyText,
      bodyHash: sha256(canonicalJson(event)),
      answerHash: null,
      summary: null,
      isError: false,
      bytes: bodyText.length,
      pictures: [],
    };
  }

  const taken = mayHoldPictures(event.value) ? takePictures(event.value) : { value: event.value, pictures: [] };
  if ('wrong' in taken) return refuse('invalid', taken.wrong);
  const bodyText = JSON.stringify(taken.value);
  const bytes =
    Buffer.byteLength(bodyText) + taken.pictures.reduce((sum, picture) => sum + picture.bytes.byteLength, 0);
  if (bytes > limits.valueBytes) {
    const mb = (bytes / 1e6).toFixed(1);
    return refuse(
      'too-large',
      `This value has ${mb} MB; one record can have at most 1 MiB. Send a part of it, or a smaller picture.`,
    );
  }
  return {
    ...common,
    part: event.part ?? null,
    cell: event.cell ?? null,
    body: taken.value,
    bodyText,
    bodyHash: sha256(canonicalJson({ ...event, value: taken.value })),
    answerHash: sha256(canonicalText(event.value)).slice(0, 32),
    summary: summaryOf(event.value),
    isError: event.value.t === 'error',
    bytes,
    pictures: taken.pictures,
  };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function seqOf(raw: unknown): number | null {
  if (typeof raw !== 'object' || raw === null || !('seq' in raw)) return null;
  const { seq } = raw;
  return typeof seq === 'number' && Number.isInteger(seq) && seq >= 1 && seq <= maxSeq ? seq : null;
}

/** Without recursion, so that no nesting exhausts the stack; stops at the first that is too deep. */
function deeperThan(json: unknown, max: number): boolean {
  let level: unknown[] = [json];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > max) return true;
    level = level.flatMap((item): unknown[] => {
      if (typeof item !== 'object' || item === null) return [];
      return Object.values(item as Record<string, unknown>).filter((child) => typeof child === 'object');
    });
  }
  return false;
}
