/** Writes `schema/json/`. Run by `npm run json -w schema`. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonSchemas } from './schemas.js';

const folder = process.argv[2] ?? 'json';
mkdirSync(folder, { recursive: true });
const made = jsonSchemas();
for (const name of readdirSync(folder)) if (!(name in made)) rmSync(join(folder, name));
for (const [name, schema] of Object.entries(made)) {
  writeFileSync(join(folder, name), `${JSON.stringify(schema, null, 1)}\n`);
}
console.log(`schema/json: ${String(Object.keys(made).length)} files`);
