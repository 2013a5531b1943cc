// Gathers the Python package's source into lib/kernel-bundle.js, which the plugin registers in kernels that lack it.
// Runs as part of `npm run build`; the output stands in lib/ (not committed), its type in src/kernel-bundle.d.ts.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;
const { version } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
const folder = join(here, 'nbpulse');
// What only the installed package needs (commands, the Jupyter server's hooks) is not for a kernel without it.
const files = readdirSync(folder).filter(
  (name) => name.endsWith('.py') && !['_version.py', '__main__.py'].includes(name),
);
const sources = Object.fromEntries(files.sort().map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
mkdirSync(join(here, 'lib'), { recursive: true });
writeFileSync(
  join(here, 'lib/kernel-bundle.js'),
  `export const kernelBundle = JSON.parse(${JSON.stringify(JSON.stringify({ version, sources }))});\n`,
);
console.log(`kernel bundle: ${files.length} files`);
