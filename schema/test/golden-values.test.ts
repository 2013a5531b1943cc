/** What the Python package writes is what the wire's validators read: `fixtures/values.json`, checked by pytest too. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  ackTarget,
  canonicalText,
  dataTarget,
  event,
  isStorableJson,
  journalLimits,
  kernelMessage,
  limits,
  pageMessage,
  summaryOf,
  value,
} from '../src/wire/index.js';
import { z } from 'zod';

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8'));
const goldenValues = z
  .array(z.object({ name: z.string(), python: z.string(), value: z.unknown() }))
  .parse(read('values.json'));
const goldenMessages = z
  .object({
    targets: z.object({ data: z.string(), ack: z.string() }),
    kernel: z.array(z.object({ name: z.string(), data: z.unknown() })),
    page: z.array(z.object({ name: z.string(), data: z.unknown() })),
  })
  .parse(read('kernel-messages.json'));

describe('golden values', () => {
  it.each(goldenValues)('$name is accepted unchanged', ({ value: golden }) => {
    expect(value.parse(golden)).toEqual(golden);
  });

  it.each(goldenValues)('$name can be stored, summed up and compared', ({ value: golden }) => {
    const parsed = value.parse(golden);
    expect(isStorableJson(parsed)).toBe(true);
    expect([...summaryOf(parsed)].length).toBeLessThanOrEqual(120);
    expect(canonicalText(parsed)).not.toBe('');
  });

  it('tells 2, 2.0 and np.int64(2) apart and calls them equal', () => {
    const [int, float, np] = ['2', '2.0', 'np.int64(2)'].map((python) =>
      goldenValues.find((golden) => golden.python === python),
    );
    expect(new Set([int, float, np].map((golden) => JSON.stringify(golden?.value))).size).toBe(3);
    expect(new Set([int, float, np].map((golden) => canonicalText(value.parse(golden?.value)))).size).toBe(1);
  });
});

describe('golden comm messages', () => {
  it('name the two comm targets', () => {
    expect(goldenMessages.targets).toEqual({ data: dataTarget, ack: ackTarget });
  });

  it.each(goldenMessages.kernel)('kernel: $name', ({ data }) => {
    const message = kernelMessage.parse(data);
    expect(message).toEqual(data);
    if (message.type === 'events') for (const item of message.events) expect(event.parse(item)).toEqual(item);
  });

  it.each(goldenMessages.page)('page: $name', ({ data }) => {
    expect(pageMessage.parse(data)).toEqual(data);
  });
});

describe('golden limits', () => {
  it('are those of limits.ts', () => {
    expect(read('limits.json')).toEqual({ limits, journalLimits });
  });
});
