/** What is kept of an answer to find those like it: a form that equal-but-for-its-writing answers share, and what nearness asks for. */
import { createHash } from 'node:crypto';
import { decodeText, type AnswerSection, type Value, type Verdict } from '@nbpulse/schema/wire';
import { codeTokens } from './code-form.js';
import { numberForm } from './number-form.js';
import { sectionOf } from '@nbpulse/schema/wire';
import { shinglesOf } from './shingles.js';
import { mayBeSlip, textForm } from './text-form.js';

export interface Signature {
  section: AnswerSection;
  /** Section and sha256 of the form: `text:9f…`. Answers with equal forms are always together. Holds no answer. */
  form: string;
  near: Near | null;
}
export type Near =
  { kind: 'number'; n: number } | { kind: 'text'; form: string } | { kind: 'code'; shingles: Uint32Array<ArrayBuffer> };

/** A distinct answer as the database has it, with one of its bodies. */
export interface Answer {
  hash: string;
  tag: Value['t'] | null;
  error: boolean;
  /** Null for what is compared by its hash alone: tables, pictures, containers. */
  body: Value | null;
}

const digest = (section: AnswerSection, form: string): string =>
  `${section}:${createHash('sha256').update(form).digest('hex').slice(0, 32)}`;

export function signatureOf(answer: Answer): Signature {
  const { hash, tag, body } = answer;
  const scalar = body?.t === 'array' && body.shape.length === 0;
  const section = sectionOf(tag, answer.error, scalar);
  const byHash: Signature = { section, form: `${section}:=${hash}`, near: null };
  if (body === null) return byHash;
  switch (body.t) {
    case 'int':
    case 'float':
    case 'array': {
      const number = numberForm(body.t === 'array' ? body.v[0] : body.v);
      if (!number || section !== 'number') return byHash;
      return {
        section,
        form: digest(section, number.form),
        near: number.n === null ? null : { kind: 'number', n: number.n },
      };
    }
    case 'str': {
      // Of a text that was cut nobody knows the rest.
      if (body.cut || section !== 'text') return byHash;
      const form = textForm(decodeText(body));
      // Nothing but punctuation: `?` is not the same as `!`.
      if (form === '') return byHash;
      return { section, form: digest(section, form), near: mayBeSlip(form) ? { kind: 'text', form } : null };
    }
    case 'code': {
      const tokens = body.src.cut || section !== 'code' ? null : codeTokens(decodeText(body.src));
      if (!tokens || tokens.length === 0) return byHash;
      const shingles = shinglesOf(tokens);
      return { section, form: digest(section, tokens.join('\n')), near: shingles && { kind: 'code', shingles } };
    }
    case 'error':
      return {
        ...byHash,
        section: 'error',
        form: digest('error', `${body.cls}\n${messageForm(decodeText(body.message))}`),
      };
    case 'repr':
      return {
        ...byHash,
        form: digest(section, `${body.cls}\n${decodeText(body.text).replace(/\b0x[0-9a-f]+\b/gi, '0x')}`),
      };
    default:
      return byHash;
  }
}

/** Numbers, and names in quotes, differ from one student to the next; what went wrong does not. */
const messageForm = (message: string): string =>
  message
    .replace(/'[^'\n]*'|"[^"\n]*"|`[^`\n]*`/g, '‹›')
    .replace(/\b0x[0-9a-f]+\b/gi, '#')
    .replace(/\d+(\.\d+)?/g, '#')
    .replace(/\s+/g, ' ')
    .trim();

/** Judged apart, never near: `right` and `wrong` stay two groups, however alike they look. Null: not judged. */
export const judgedApart = (a: Verdict | null, b: Verdict | null): boolean => a !== b;
