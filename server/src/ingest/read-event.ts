/**
 * One event of a batch: validated alone, and made ready to be written. What is wrong with it is said for it alone; its
 * neighbours are saved.
 */
import { hash } from 'node:crypto';
import {
  event as eventSchema,
  isStorableJson,
  limits,
  summaryOf,
  type Event,
  type RefusalCode,
} from '@nbpulse/schema/wire';
import { answerHash as answerHashOf } from '../expected/index.js';
import { canonicalJson } from './canonical-json.js';
import { mayHoldPictures, takePictures, type Picture } from './pictures.js';

export interface ReadyEvent {
  seq: number;
  kind: Event['kind'];
  /** Null for passive activity outside any question. */
  question: string | null;
  part: string | null;
  cell: string | null;
  /** Of the body's JSON text. */
  bodyChars: number;
  /** All that the row in the database takes from the event itself, as the members of a JSON object: made while the group before is written. */
  rowText: string;
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

const noPictures: Picture[] = [];

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
  const madeAtMs = Date.parse(event.madeAt);
  if (event.kind !== 'record') {
    const body = event.kind === 'dropped' ? { count: event.count } : { what: event.what, error: event.error ?? null };
    const bodyText = JSON.stringify(body);
    const bodyHash = sha256(canonicalJson(event));
    const question = event.question ?? null;
    const cell = event.kind === 'activity' ? (event.cell ?? null) : null;
    return {
      seq,
      kind: event.kind,
      question,
      madeAtMs,
      part: null,
      cell,
      body,
      bodyChars: bodyText.length,
      bodyHash,
      answerHash: null,
      summary: null,
      isError: false,
      bytes: bodyText.length,
      rowText: rowText(
        { seq, kind: event.kind, question, cell, bodyHash, isError: false, bytes: bodyText.length },
        bodyText,
      ),
      pictures: [],
    };
  }

  const taken = mayHoldPictures(event.value) ? takePictures(event.value) : { value: event.value, pictures: noPictures };
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
  // Spelled out: objects that are spread together cost several times what this does, for each event.
  const { kind, question, part = null, cell = null } = event;
  const bodyHash = sha256(canonicalJson(taken.pictures.length === 0 ? event : { ...event, value: taken.value }));
  const answerHash = answerHashOf(event.value);
  const summary = summaryOf(event.value);
  const isError = event.value.t === 'error';
  return {
    seq,
    kind,
    question,
    madeAtMs,
    part,
    cell,
    body: taken.value,
    bodyChars: bodyText.length,
    bodyHash,
    answerHash,
    summary,
    isError,
    bytes,
    rowText: rowText({ seq, kind, question, part, cell, bodyHash, answerHash, summary, isError, bytes }, bodyText),
    pictures: taken.pictures,
  };
}

/** Members without braces; what is left out is null. The body is spliced in as it is. */
const rowText = (row: Partial<ReadyEvent>, bodyText: string): string =>
  `${JSON.stringify(row).slice(1, -1)},"body":${bodyText}`;

/** In one call: a hash object for each event is work for the garbage collector. */
const sha256 = (text: string): string => hash('sha256', text, 'hex');

function seqOf(raw: unknown): number | null {
  if (typeof raw !== 'object' || raw === null || !('seq' in raw)) return null;
  const { seq } = raw;
  return typeof seq === 'number' && Number.isInteger(seq) && seq >= 1 && seq <= maxSeq ? seq : null;
}

/** Without recursion, so that no nesting exhausts the stack; stops at the first that is too deep. */
function deeperThan(json: unknown, max: number): boolean {
  let level: object[] = typeof json === 'object' && json !== null ? [json] : [];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > max) return true;
    const below: object[] = [];
    for (const item of level) {
      for (const key in item) {
        const child = (item as Record<string, unknown>)[key];
        if (typeof child === 'object' && child !== null) below.push(child);
      }
    }
    level = below;
  }
  return false;
}
