/** Whatever a kernel (or another extension in it) publishes, nothing escapes into JupyterLab, and honest records still arrive. */
import { Signal } from '@lumino/signaling';
import fc from 'fast-check';
import { Custodian } from './custodian.js';
import { createMessage, FakeKernel } from './test/fake-kernel.js';
import { HandClock, settled } from './test/hand-clock.js';

const stream = '22222222-2222-4222-8222-222222222222';
const nearly = <T>(right: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ arbitrary: right, weight: 5 }, { arbitrary: fc.jsonValue(), weight: 1 });

const event = fc.record({
  kind: nearly(fc.constantFrom('record', 'dropped', 'later')),
  seq: nearly(fc.integer({ min: 100, max: 200 })),
  question: nearly(fc.constantFrom('1', '', 'x'.repeat(100))),
  madeAt: nearly(fc.constantFrom('2026-03-02T14:00:00Z', 'now')),
  value: fc.jsonValue(),
});
const said = fc.record(
  {
    v: nearly(fc.constant(1)),
    type: nearly(fc.constantFrom('hello', 'events', 'problem', 'saved', 'unclaimed', 'ask')),
    stream: nearly(fc.constantFrom(stream, '33333333-3333-4333-8333-333333333333')),
    sentAt: nearly(fc.constant('2026-03-02T14:00:00Z')),
    events: nearly(fc.array(nearly(event), { maxLength: 4 })),
    binary: nearly(fc.array(fc.integer({ min: -1, max: 5 }), { maxLength: 4 })),
    seqs: nearly(fc.array(fc.integer({ min: 100, max: 200 }), { maxLength: 4 })),
    refused: nearly(fc.array(fc.jsonValue(), { maxLength: 2 })),
    wheel: nearly(fc.constant('0.1.0')),
    pid: nearly(fc.nat()),
    lastSeq: nearly(fc.nat()),
    code: nearly(fc.string({ maxLength: 50 })),
    message: nearly(fc.string()),
    journals: nearly(fc.array(fc.jsonValue(), { maxLength: 2 })),
    what: nearly(fc.constantFrom('checkpoint', 'submit')),
    id: nearly(fc.string()),
  },
  { requiredKeys: ['v', 'type'] },
);
const published = fc.record({
  type: fc.constantFrom('comm_open', 'comm_msg', 'comm_msg', 'comm_msg', 'comm_close', 'stream'),
  content: fc.record({
    comm_id: nearly(fc.constantFrom('data-1', 'other')),
    target_name: nearly(fc.constant('nbpulse.data')),
    data: fc.oneof({ arbitrary: said, weight: 6 }, { arbitrary: fc.jsonValue(), weight: 1 }),
  }),
  buffers: fc.array(fc.uint8Array({ maxLength: 8 }), { maxLength: 3 }),
});

/** Signals hand what a listener throws to this, and go on. */
const faults: unknown[] = [];
const former = Signal.getExceptionHandler();
beforeAll(() => Signal.setExceptionHandler((error) => void faults.push(error)));
afterAll(() => Signal.setExceptionHandler(former));

describe('the comm from the kernel', () => {
  it('takes anything without a fault, and honest records after it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(published, { minLength: 1, maxLength: 8 }), async (messages) => {
        const kernel = new FakeKernel();
        const custodian = new Custodian(kernel.port, createMessage, new HandClock(), () => Promise.resolve([]));
        const arrived: number[] = [];
        custodian.arrived.connect((_, records) => arrived.push(...records.events.map(({ seq }) => seq)));
        for (const { type, content, buffers } of messages) {
          kernel.publish(
            type,
            content,
            buffers.map((bytes) => bytes.slice().buffer),
          );
        }
        kernel.hello();
        kernel.take([1, 2]);
        await settled();
        expect(arrived).toEqual(expect.arrayContaining([1, 2]));
        expect(faults).toEqual([]);
        custodian.dispose();
      }),
      { numRuns: 150 },
    );
  });
});
