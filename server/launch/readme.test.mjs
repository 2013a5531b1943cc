import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from './layout.mjs';
import { help } from './options.mjs';

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

for (const name of ['README.md', 'CONTRIBUTING.md']) {
  const text = readFileSync(join(root, name), 'utf8');

  describe(`${name}'s commands`, () => {
    it('are scripts of package.json', () => {
      const named = [...text.matchAll(/\bnpm (?:run ([\w:-]+)|(start|test)\b)/g)].map(
        ([, script, short]) => script ?? short,
      );
      assert.ok(named.includes('start') || named.includes('test'), 'it names npm start or npm test');
      for (const script of named) assert.ok(scripts[script], `package.json has no script ${script}`);
    });

    it('use options of npm start that exist', () => {
      for (const [, options] of text.matchAll(/\bnpm start -- ((?:--[\w-]+(?:[ =][^\s`-][^\s`]*)? ?)+)/g)) {
        for (const [option] of options.matchAll(/--[\w-]+/g))
          assert.ok(help.includes(option), `npm start has no option ${option}`);
      }
    });
  });
}
