#!/usr/bin/env node
/** `npx nbpulse`: the command line, once it is built. */
import { existsSync } from 'node:fs';

const built = new URL('../dist/cli/main.js', import.meta.url);
if (!existsSync(built)) {
  console.error(
    'nbpulse is not built yet. Build it once:  npx tsc -b schema sandbox server   (npm start does it by itself)',
  );
  process.exit(1);
}
const { main } = await import(built.href);
process.exitCode = await main(process.argv.slice(2), process.env);
