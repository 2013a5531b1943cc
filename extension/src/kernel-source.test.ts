import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { registration, type KernelBundle } from './kernel-source.js';

const folder = join(__dirname, '../nbpulse');
const files = readdirSync(folder).filter((file) => file.endsWith('.py'));
const bundle: KernelBundle = {
  version: '0.1.0',
  sources: Object.fromEntries(files.map((file) => [file, readFileSync(join(folder, file), 'utf8')])),
};

/** Runs `code` as a kernel would, in an interpreter that has no nbpulse, and then `question`. */
function python(code: string, question: string): string {
  const script = `import sys, json\nspace = {'__name__': '__main__'}\nbefore = set(space)\nexec(compile(sys.stdin.read(), '<cell>', 'exec'), space)\n${question}`;
  const run = spawnSync('python3', ['-I', '-c', script], { input: code, encoding: 'utf8' });
  if (run.error) throw run.error;
  return run.stdout + run.stderr;
}

describe('the source that a kernel without the package gets', () => {
  it('makes `from nbpulse import send` work', () => {
    const answer = python(registration(bundle), 'from nbpulse import send\nprint(callable(send))');
    expect(answer).toBe('True\n');
  });

  it('leaves no name in the student’s namespace and prints nothing', () => {
    const answer = python(registration(bundle), "print(sorted(set(space) - before - {'__builtins__'}))");
    expect(answer).toBe('[]\n');
  });

  it('survives any text in the source', () => {
    const odd = {
      version: '1',
      sources: {
        '_register.py': 'seen = bundle["sources"]["x.py"]\nprint(ascii(seen))',
        'x.py': '"\'\\ \u2028 é 🎓 \u0000',
      },
    };
    expect(python(registration(odd), '')).toBe(`'"\\'\\\\ \\u2028 \\xe9 \\U0001f393 \\x00'\n`);
  });
});
