import { hash } from 'node:crypto';
import { canonicalText, type Value } from '@nbpulse/schema/wire';

/** The first 32 hex digits of sha256 over the canonical text: equal answers, equal hash. */
export const answerHash = (value: Value): string => hash('sha256', canonicalText(value), 'hex').slice(0, 32);
