/** The JSON Schemas in `schema/json/` are those of the validators, and take what the validators take. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { jsonSchemas } from '../src/json/schemas.js';

const folder = new URL('../json/', import.meta.url);
const made = jsonSchemas();

describe('schema/json', () => {
  it('holds exactly what the validators give now; else: npm run json -w schema', () => {
    expect(readdirSync(folder).sort()).toEqual(Object.keys(made).sort());
    for (const [name, schema] of Object.entries(made)) {
      expect(JSON.parse(readFileSync(new URL(name, folder), 'utf8')), name).toEqual(JSON.parse(JSON.stringify(schema)));
    }
  });

  it('refers only to files that are there', () => {
    const references = JSON.stringify(made).matchAll(/"\$ref":"(?<file>[^#"]+)/g);
    const files = new Set([...references].map((found) => found.groups?.['file']));
    expect([...files].sort()).toEqual(['event.json', 'value.json']);
    for (const file of files) expect(made).toHaveProperty([file ?? '']);
  });
});
