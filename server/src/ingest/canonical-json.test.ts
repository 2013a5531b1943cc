import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalJson } from './canonical-json.js';

it('is JSON of the same content, and the same text whatever the order of the keys', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (json) => {
      const text = canonicalJson(json);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(json)));
      const turned = (item: unknown): unknown =>
        Array.isArray(item)
          ? item.map(turned)
          : typeof item === 'object' && item !== null
            ? Object.fromEntries(
                Object.entries(item)
                  .reverse()
                  .map(([key, child]) => [key, turned(child)]),
              )
            : item;
      expect(canonicalJson(turned(json))).toBe(text);
    }),
  );
});

it('leaves out what JSON leaves out, and keeps the texts that were hashed before', () => {
  expect(canonicalJson({ b: [1, -0, 1e21, null], a: 'é"\n', c: undefined, B: true })).toBe(
    '{"B":true,"a":"é\\"\\n","b":[1,0,1e+21,null]}',
  );
});
