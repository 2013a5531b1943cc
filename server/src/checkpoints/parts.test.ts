import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { notebook } from '../../test/course-work.js';
import { sha256Of } from './checkpoints.js';
import { cutFromBytes, largeOutputs, putTogether, takeApart } from './parts.js';

const utf8 = new TextEncoder();

async function roundTrip(bytes: Uint8Array<ArrayBuffer>) {
  const kept = new Map<string, Uint8Array>();
  const { stored, outputs } = await takeApart(bytes, largeOutputs(bytes), (part) => {
    const sha256 = sha256Of(part);
    kept.set(sha256, part.slice());
    return Promise.resolve({ sha256 });
  });
  const again = await putTogether(stored, (sha256) => Promise.resolve(kept.get(sha256) ?? null));
  return { again, stored, outputs };
}

describe('a notebook in parts', () => {
  it('keeps outputs over 32 kB apart, the same one under the same name', async () => {
    const plot = { output_type: 'display_data', data: { 'image/png': 'A'.repeat(cutFromBytes) }, metadata: {} };
    const small = { output_type: 'stream', name: 'stdout', text: ['hello\n'] };
    const first = await roundTrip(notebook(['plot()'], [small, plot]));
    const second = await roundTrip(notebook(['plot()', 'more()'], [plot]));
    expect(first.outputs).toHaveLength(1);
    expect(second.outputs).toEqual(first.outputs);
    expect(first.stored.byteLength).toBeLessThan(1_000);
  });

  it('comes back byte for byte, whatever its JSON looks like', async () => {
    const big = 'x'.repeat(cutFromBytes);
    const texts = [
      `\n {"nbformat_minor":5 , "cells" : [ {"outputs":[ {"a":"${big}\\"]}"} ,{"b":1e5} ],"cell_type":"code"} ] , "nbformat":4,"metadata":{}}\n\n`,
      `{"cells":[{"cell_type":"code","outputs":["${big}\\\\",[["${big}"]],{"deep":{"outputs":[1,2]}}]}],"nbformat":4,"nbformat_minor":5,"metadata":{"cells":[{"outputs":["${big}"]}]}}`,
      `{"cells":[{"cell_type":"code","outputs":{}},{"outputs":null},{"outputs":"${big}"}],"nbformat":4,"nbformat_minor":0,"metadata":{}}`,
      `{"cells":[],"cells":[{"outputs":[{"t":"${big}é😀"}],"cell_type":"code"}],"nbformat":4,"nbformat_minor":5,"metadata":{}}`,
    ];
    for (const text of texts) {
      const bytes = utf8.encode(text);
      const { again } = await roundTrip(bytes);
      expect(Buffer.from(again).equals(Buffer.from(bytes))).toBe(true);
    }
  });

  it('comes back byte for byte for any notebook', async () => {
    const output = fc.oneof(
      fc.json(),
      fc.string({ unit: 'binary', maxLength: 50 }).map((text) => JSON.stringify(text.repeat(2_000))),
      fc
        .string({ maxLength: 5 })
        .map((text) => JSON.stringify({ data: { 'text/html': [text.padEnd(40_000, '\\"')] } })),
    );
    const space = fc.constantFrom('', ' ', '\n', '\t  ');
    const cell = fc
      .tuple(fc.array(output, { maxLength: 4 }), space, fc.json())
      .map(
        ([outputs, gap, metadata]) =>
          `{${gap}"metadata":${metadata},"outputs"${gap}:${gap}[${outputs.join(`${gap},`)}${gap}],"cell_type":"code"}`,
      );
    await fc.assert(
      fc.asyncProperty(fc.array(cell, { maxLength: 4 }), space, async (cells, gap) => {
        const text = `{"cells":${gap}[${cells.join(`,${gap}`)}],"metadata":{},"nbformat":4,${gap}"nbformat_minor":5}`;
        const bytes = utf8.encode(text);
        JSON.parse(text);
        const { again } = await roundTrip(bytes);
        expect(sha256Of(again)).toBe(sha256Of(bytes));
        for (const { start, end } of largeOutputs(bytes))
          JSON.parse(Buffer.from(bytes.subarray(start, end)).toString());
      }),
      { numRuns: 60 },
    );
  });
});
