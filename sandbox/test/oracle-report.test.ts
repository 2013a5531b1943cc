import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFrame, FrameReader } from '../src/frames.js';
import { OracleListener } from '../src/oracle-report.js';
import { plainText, printedText } from '../src/plain-text.js';

const report = {
  nonce: 'right',
  type: 'report',
  notebook: { ok: true },
  canary: 'held',
  tests: [{ name: 'test_a', status: 'passed', visible: true, weight: 1, durationMs: 2, message: null }],
};

function hear(...chunks: Buffer[]): OracleListener {
  const listener = new OracleListener('right', () => undefined);
  for (const chunk of chunks) listener.push(chunk);
  return listener;
}

describe('frames', () => {
  it('come out whole, however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue(), { maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 9 })),
        (messages, cuts) => {
          const all = Buffer.concat(messages.map(encodeFrame));
          const reader = new FrameReader(1_000_000);
          const got: unknown[] = [];
          let offset = 0;
          for (let index = 0; offset < all.length; index += 1) {
            const length = cuts[index % Math.max(1, cuts.length)] ?? 3;
            got.push(...reader.push(all.subarray(offset, offset + length)));
            offset += length;
          }
          expect(got).toEqual(messages.map((message) => JSON.parse(JSON.stringify(message)) as unknown));
          expect(reader.broken).toBeUndefined();
        },
      ),
    );
  });

  it('stop being read for good at one that is too long, or no JSON', () => {
    const long = new FrameReader(10);
    expect(long.push(Buffer.from([255, 255, 255, 127]))).toEqual([]);
    expect(long.broken).toContain('2147483647 bytes');
    const broken = new FrameReader(100);
    expect(broken.push(Buffer.concat([Buffer.from([2, 0, 0, 0]), Buffer.from('{x'), encodeFrame(1)]))).toEqual([]);
    expect(broken.push(encodeFrame(1))).toEqual([]);
    expect(broken.broken).toBe('a frame was no JSON');
  });

  it('survive any bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 10 }), (chunks) => {
        const listener = hear(...chunks.map((chunk) => Buffer.from(chunk)));
        expect(listener.report).toBeUndefined();
      }),
    );
  });
});

describe('the oracle', () => {
  it('is believed with the nonce of the run', () => {
    expect(hear(encodeFrame(report)).report?.tests).toHaveLength(1);
  });

  it('is not believed without it, not even afterwards', () => {
    const listener = hear(encodeFrame({ ...report, nonce: 'wrong' }), encodeFrame(report));
    expect(listener.report).toBeUndefined();
    expect(listener.fault).toContain('nonce');
  });

  it('is heard once: a second report changes nothing', () => {
    const second = { ...report, tests: [] };
    expect(hear(encodeFrame(report), encodeFrame(second)).report?.tests).toHaveLength(1);
  });

  it('must keep to the contract', () => {
    expect(hear(encodeFrame({ ...report, canary: 'maybe' })).fault).toContain('not valid');
    expect(hear(encodeFrame({ ...report, tests: [{ ...report.tests[0], weight: -1 }] })).fault).toContain('not valid');
  });

  it('may send texts of any length; they are cut to what the server takes', () => {
    const test = {
      ...report.tests[0],
      name: 'n'.repeat(900),
      message: 'm'.repeat(9_000),
      staffMessage: 's'.repeat(90_000),
    };
    const [cut] = hear(encodeFrame({ ...report, tests: [test] })).report?.tests ?? [];
    expect(cut?.name.length).toBe(300);
    expect(cut?.message?.length).toBeLessThanOrEqual(4_000);
    expect(cut?.staffMessage?.length).toBeLessThanOrEqual(20_000);
  });
});

describe('text from a sandbox', () => {
  it('loses what Postgres refuses and what moves a cursor', () => {
    expect(plainText('a\0b\uD800c\u001B[31mred\u001B[0m\u202Ed\n\te', 100)).toBe('a\uFFFDb\uFFFDcred\uFFFDd\n\te');
  });

  it('says how much was cut, and never cuts a character in two', () => {
    expect(plainText('x'.repeat(50), 40)).toMatch(/^x+… \(10 more characters\)$/);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 40, max: 80 }), (text, most) => {
        const cut = plainText(text, most);
        expect(cut.length).toBeLessThanOrEqual(most);
        expect(cut).toBe(Buffer.from(cut, 'utf8').toString('utf8'));
      }),
    );
  });

  it('keeps colours where output is shown', () => {
    expect(printedText(Buffer.from('\u001B[31mred\0'))).toBe('\u001B[31mred\uFFFD');
  });
});
