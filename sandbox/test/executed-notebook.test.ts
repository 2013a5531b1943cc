import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { executedBytes, executedNotebook } from '../src/executed-notebook.js';
import { encodeFrame } from '../src/frames.js';
import { OracleListener } from '../src/oracle-report.js';

const code = (more: object): object => ({
  cell_type: 'code',
  id: 'a',
  metadata: {},
  source: 'x',
  execution_count: 1,
  outputs: [],
  ...more,
});
const notebook = (...cells: object[]): object => ({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells });
const bytes = (json: unknown): Buffer => Buffer.from(JSON.stringify(json));
const problem = (json: unknown): string => {
  const checked = executedNotebook(Buffer.isBuffer(json) ? json : bytes(json));
  return 'problem' in checked ? checked.problem : '';
};

describe('an executed notebook', () => {
  it('is kept, without what nbformat does not know', () => {
    const picture = { output_type: 'display_data', data: { 'image/png': 'AA==' }, metadata: {} };
    const failed = { output_type: 'error', ename: 'E', evalue: 'no', traceback: ['a'] };
    const given = notebook(
      code({ outputs: [picture, failed, { output_type: 'stream', name: 'stdout', text: 'hi' }], strange: 1 }),
      { cell_type: 'markdown', id: 'b', metadata: {}, source: '#', attachments: { 'p.png': { 'image/png': 'AA==' } } },
    );
    const checked = executedNotebook(bytes(given));
    const kept = 'bytes' in checked ? (JSON.parse(Buffer.from(checked.bytes).toString('utf8')) as object) : {};
    expect(kept).toEqual(
      notebook(code({ outputs: [picture, failed, { output_type: 'stream', name: 'stdout', text: 'hi' }] }), {
        cell_type: 'markdown',
        id: 'b',
        metadata: {},
        source: '#',
        attachments: { 'p.png': { 'image/png': 'AA==' } },
      }),
    );
  });

  it.each([
    ['no JSON', Buffer.from('{'), 'no JSON'],
    ['no UTF-8', Buffer.from([0xff]), 'no JSON'],
    ['another format', { ...notebook(), nbformat: 3 }, 'no notebook'],
    ['a cell of an unknown type', notebook({ cell_type: 'heading' }), 'no notebook'],
    ['an id that is none', notebook(code({ id: '<b>' })), 'no notebook'],
    ['an output of an unknown type', notebook(code({ outputs: [{ output_type: 'html' }] })), 'no notebook'],
    [
      'a mime type that is none',
      notebook(code({ outputs: [{ output_type: 'display_data', data: { x: 1 }, metadata: {} }] })),
      'no notebook',
    ],
    ['too much', Buffer.alloc(executedBytes + 1, 0x20), `at most ${executedBytes}`],
    ['too deep', Buffer.from('['.repeat(1_000_000)), 'nested deeper'],
    [
      'too deep inside a display',
      Buffer.from(
        JSON.stringify(notebook(code({ metadata: { a: 0 } }))).replace(
          '"a":0',
          `"a":${'[['.repeat(50)}${']]'.repeat(50)}`,
        ),
      ),
      'nested deeper',
    ],
  ])('is dropped with words when it is %s', (_, given, words) => {
    expect(problem(given)).toContain(words);
  });

  it('may be any bytes and any JSON', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (any) => problem(Buffer.from(any)) !== ''));
    fc.assert(fc.property(fc.jsonValue(), (any) => problem(any) !== ''));
  });

  it('is heard once, before the report, and is no report', () => {
    const listener = new OracleListener('right', () => undefined);
    const frame = (text: string) =>
      encodeFrame({ nonce: 'right', type: 'executed', b64: Buffer.from(text).toString('base64') });
    listener.push(frame('first'));
    listener.push(frame('second'));
    expect(Buffer.from(listener.executed ?? []).toString()).toBe('first');
    expect([listener.report, listener.fault]).toEqual([undefined, undefined]);
    listener.push(encodeFrame({ nonce: 'wrong', type: 'executed', b64: '' }));
    expect(listener.fault).toContain('nonce');
  });
});
