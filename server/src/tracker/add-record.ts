/** `POST /add-record`: one record of a notebook that has no token, through the same ingest as any other. */
import { createHash } from 'node:crypto';
import {
  canonicalText,
  limits,
  questionKey,
  wireVersion,
  type EventBatch,
  type RefusalCode,
  type Value,
} from '@nbpulse/schema/wire';
import { TokenBuckets, type ParticipantCaller } from '../access/index.js';
import type { Announce, Database } from '../database/index.js';
import type { Ingest } from '../ingest/index.js';
import { labSettingsOf } from '../lab-terms/index.js';
import { say, type Said } from './say.js';
import { hasAnswered, senderNames, takeNumber } from './senders.js';
import { openSession } from './sessions.js';
import type { Form } from './form.js';
import { isWrong, valueOf } from './value.js';

export interface AddRecordDeps {
  db: Database;
  announce: Announce;
  ingest: Ingest;
  /** This participant is there, though nothing of theirs is connected. */
  seen: (caller: ParticipantCaller) => void;
}

/** Of one sender, and of all senders of a lab together: anybody can send under any name. */
const senderRecords = { perSecond: 5, burst: 200 };
const labRecords = { perSecond: 300, burst: 6_000 };
const labNewSenders = { perSecond: 20, burst: 1_000 };

const required = ['session_owner', 'session_name', 'part_name', 'sender_name', 'sender_uuid', 'question_nb', 'type'];
/** Its notebooks name this one when they name none. */
const defaultPart = 'default';

export function recordAdder({ db, announce, ingest, seen }: AddRecordDeps) {
  const perSender = new TokenBuckets(senderRecords);
  const perLab = new TokenBuckets(labRecords);
  const newPerLab = new TokenBuckets(labNewSenders);

  return async function addRecord({ text, file }: Form): Promise<Said> {
    const field = (name: string): string => text.get(name) ?? '';
    if (required.some((name) => !text.has(name))) return say(400, 'Error: Missing key');
    if (['session_owner', 'session_name'].some((name) => field(name).includes('\0'))) {
      return say(400, 'Error: No such owner');
    }
    const session = await openSession(db, { handle: field('session_owner') }, field('session_name'));
    if (session === 'no-owner') return say(400, 'Error: No such owner');
    if (session === 'no-session') return say(400, 'Error: No such session open');

    const named = field('part_name').trim();
    const parts = labSettingsOf({ settings: session.settings }).parts;
    if (named !== defaultPart && !parts.includes(named)) return say(400, 'Error: No such part');
    const part = parts.includes(named) ? named : null;

    const names = senderNames(field('sender_uuid'), field('sender_name'));
    const tooFast =
      perLab.take(session.labId) || perSender.take(JSON.stringify([session.labId, names.uuid, names.name]));
    if (tooFast > 0) return slowDown(tooFast);

    const key = questionKey.safeParse(field('question_nb').trim());
    if (!key.success) {
      return say(
        400,
        `Error: The question must be a number or a short word of at most ${limits.questionKeyChars} characters`,
      );
    }
    const value = valueOf(field('type'), field('data'), file);
    if (isWrong(value)) return say(400, value.wrong);

    const sender = await takeNumber({ db, announce }, session.labId, names, () => newPerLab.take(session.labId) === 0);
    if (sender === 'too-fast') return slowDown(1_000);
    if (sender === 'full') return say(400, 'Error: Too many different senders in session');
    if (sender.removed) return say(400, 'Error: The teacher has removed this sender from the session');

    const caller: ParticipantCaller = {
      kind: 'participant',
      participantId: sender.participantId,
      deviceId: `tracker:${sender.participantId}`,
      labId: session.labId,
      name: names.name,
    };
    const before = await hasAnswered(db, sender.participantId, key.data, part);
    // Our own code sends again what it had no answer to; if that had come in after all, it counts once.
    if (field('sent_again') === '1' && before?.answerHash === answerHash(value))
      return say(200, 'Success: Record updated');
    seen(caller);
    return record(
      caller,
      sender.streamId,
      {
        kind: 'record',
        seq: sender.seq,
        madeAt: new Date().toISOString(),
        question: key.data,
        ...(part === null ? {} : { part }),
        value,
      },
      before !== null,
    );
  };

  async function record(caller: ParticipantCaller, stream: string, event: unknown, again: boolean): Promise<Said> {
    const batch: EventBatch = { v: wireVersion, stream, sentAt: new Date().toISOString(), events: [event] };
    const taken = await ingest.take(caller, batch);
    if ('refused' in taken) {
      const { code, message, retryAfterMs } = taken.refused;
      if (code === 'invalid') return say(400, `Error: ${message}`);
      return code === 'too-fast'
        ? slowDown(retryAfterMs ?? 1_000)
        : say(503, 'Error: The server is busy. Send it again');
    }
    const [refusal] = taken.reply.refused;
    if (refusal) return say(statusOf(refusal.code), inWords(refusal));
    return say(200, `Success: Record ${again ? 'updated' : 'inserted'}`);
  }
}

const answerHash = (value: Value): string =>
  createHash('sha256').update(canonicalText(value)).digest('hex').slice(0, 32);

const statusOf = (code: RefusalCode): 400 | 413 => (code === 'too-large' ? 413 : 400);
/** Closed in the moment between our look and the record. */
const inWords = ({ code, message }: { code: RefusalCode; message: string }): string =>
  code === 'lab-closed' || code === 'lab-deleted' ? 'Error: No such session open' : `Error: ${message}`;

function slowDown(afterMs: number): Said {
  const seconds = Math.ceil(afterMs / 1000);
  return say(429, `Error: Too many recent records. Try again in ${seconds} s`, { 'retry-after': String(seconds) });
}
