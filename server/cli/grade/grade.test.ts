/** `nbpulse grade DIR --tests FILE` as a teacher calls it: the real sandbox, no server, no database. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseEngine, sandboxConfig } from '@nbpulse/sandbox';
import { notebook } from '../../test/course-work.js';
import { main } from '../main.js';
import { checkout } from '../surroundings.js';

const chosen = await chooseEngine(sandboxConfig(process.env));
await chosen.engine?.close();

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nbpulse-grade-'));
});
afterAll(() => rm(folder, { recursive: true }));

interface Called {
  code: number;
  out: string;
  err: string;
}
async function nbpulse(argv: string[], env: NodeJS.ProcessEnv = {}, screen = {}): Promise<Called> {
  let out = '';
  let err = '';
  const told = { ...process.env, DATABASE_URL: undefined, ...env };
  const write = { out: (text: string) => void (out += text), err: (text: string) => void (err += text) };
  const code = await main(['grade', ...argv], told, { ...write, ...screen });
  return { code, out, err };
}

/** Writes a folder of files, and gives its path. */
async function made(name: string, files: Record<string, string | Uint8Array>): Promise<string> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name, path)), { recursive: true });
    await writeFile(join(folder, name, path), content);
  }
  return join(folder, name);
}
const readResults = async (out: string): Promise<{ complete: boolean; submissions: Record<string, unknown>[] }> =>
  JSON.parse(await readFile(join(out, 'results.json'), 'utf8')) as never;

const tests = `import pytest
from submission import double

@pytest.mark.visible
def test_two():
    assert double(2) == 4

@pytest.mark.points(2)
def test_text():
    assert double("ab") == "abab"
`;
const right = 'def double(x):\n    return 2 * x\n';
const wrong = 'def double(x):\n    return x * x\n';
const marimo = `import marimo
app = marimo.App()

@app.cell
def _():
    import marimo as mo
    mo.md("# Doubling")
    return (mo,)

@app.function
def double(x):
    return 2 * x
`;

describe.runIf(chosen.engine)('nbpulse grade', () => {
  it('grades every kind of submission, and a broken one is a row with its reason', async () => {
    const dir = await made('all', {
      'anna.ipynb': notebook([right]),
      'ben.py': wrong,
      'chen.py': 'import os\n\ndef double(x):\n    os._exit(3)\n',
      'dora.py': 'def double(x):\n    while True:\n        pass\n',
      'eve.py': marimo,
      'f-moodle_123/lab.ipynb': notebook([right]),
      'g-several/a.py': right,
      'g-several/b.py': right,
      'h-no-json.ipynb': 'this is no notebook',
      'i-no-text.py': Buffer.from([0x64, 0xff, 0xfe, 0x0a]),
      'j-empty.ipynb': '',
      'l-folder.ipynb/x.txt': '',
      'm-large.py': '#',
      'notes.txt': 'nothing to grade',
      '.ipynb_checkpoints/anna.ipynb': 'left by Jupyter',
    });
    await truncate(join(dir, 'm-large.py'), 100 * 1024 * 1024);
    await symlink('/etc/hostname', join(dir, 'k-link.py'));
    const before = await tree(dir);
    const testsFile = join(await made('all-tests', { 'tests.py': tests }), 'tests.py');

    const graded = await nbpulse([dir, '--tests', testsFile, '--points', '3', '--timeout', '9']);
    expect([graded.code, graded.err]).toEqual([0, expect.stringContaining('import each') as unknown]);
    const rows = parse<Record<string, string>>(await readFile(`${dir}-graded/results.csv`, 'utf8'), {
      columns: true,
      bom: true,
    });
    expect(rows.map((row) => [row.submission, row.points, row.outcome, row.what_happened])).toEqual([
      ['anna.ipynb', '3', 'completed', 'all 2 tests passed'],
      ['ben.py', '1', 'completed', '1 of 2 tests passed'],
      ['chen.py', '0', 'completed', 'none of 2 tests passed'],
      ['dora.py', '0', 'timed-out', 'stopped after 3 s in test_two and 1 more test'],
      ['eve.py', '3', 'completed', 'all 2 tests passed'],
      ['f-moodle_123', '3', 'completed', 'all 2 tests passed'],
      ['g-several', '0', 'unreadable', expect.stringContaining('2 notebooks or programs (a.py, b.py)')],
      ['h-no-json.ipynb', '0', 'failed', expect.stringContaining('not valid JSON')],
      ['i-no-text.py', '0', 'failed', expect.stringContaining('UTF-8')],
      ['j-empty.ipynb', '0', 'unreadable', 'is empty'],
      ['k-link.py', '0', 'unreadable', expect.stringContaining('is a symbolic link')],
      ['l-folder.ipynb', '0', 'unreadable', 'is a folder, not a file'],
      ['m-large.py', '0', 'unreadable', expect.stringContaining('has 100.0 MiB, and at most 10 are graded')],
    ]);
    expect(rows[1]?.failed_first).toBe(
      `test_text: double('ab') raised TypeError: can't multiply sequence by non-int of type 'str'`,
    );
    expect([rows[0]?.test_two, rows[0]?.test_text, rows[9]?.test_two]).toEqual(['1', '2', '']);
    expect(graded.out).toContain('13 submissions, 8 graded, 5 could not be read');
    expect(graded.out).toMatch(/^anna\.ipynb +3 \/ 3 {2}all 2 tests passed$/m);
    expect(graded.out).not.toContain('\u001B');
    expect(graded.err).toContain('1 other file is neither');
    // Nothing is ever written among the submissions.
    expect(await tree(dir)).toEqual(before);
  });

  it('runs the solution first, and gives students the rights that it needed', async () => {
    const dir = await made('solved', { 'anna.py': right });
    const suite = await made('solved-tests', { 'test_double.py': tests, 'solution.py': right });
    const argv = [dir, '--tests', join(suite, 'test_double.py'), '--solution', join(suite, 'solution.py')];
    const shown = await nbpulse([...argv, '--format', 'csv,gradescope'], {}, { outColumns: 60, errColumns: 60 });
    expect([shown.code, await readdir(`${dir}-graded`)]).toEqual([0, ['gradescope', 'results.csv']]);
    expect(shown.err).toContain('The solution gets 10 of 10.');
    expect(shown.err).toContain('1 of 1');
    for (const line of shown.out.split('\n').slice(0, 2)) expect(line.length).toBeLessThanOrEqual(60);
  });

  it('stops at a solution that loses points, and at tests that are no Python, with 4 and nothing written', async () => {
    const dir = await made('faulty', { 'anna.py': right });
    const suite = await made('faulty-tests', { 'tests.py': tests, 'solution.py': wrong, 'broken.py': 'def test(:' });
    const argv = [dir, '--tests', join(suite, 'tests.py'), '--solution', join(suite, 'solution.py')];
    const loses = await nbpulse(argv);
    expect([loses.code, loses.out]).toEqual([4, '']);
    expect(loses.err).toContain('✗ solution-loses-points  test_text');
    const broken = await nbpulse([dir, '--tests', join(suite, 'broken.py')]);
    expect([broken.code, broken.err]).toEqual([4, expect.stringContaining('broken.py, line 1: this is no Python')]);
    const raising = join(await made('raising', { 'tests.py': `${tests}\nraise RuntimeError("no")\n` }), 'tests.py');
    const raised = await nbpulse([dir, '--tests', raising]);
    expect([raised.code, raised.err]).toEqual([4, expect.stringContaining('The tests load with no submission')]);
    await expect(stat(`${dir}-graded`)).rejects.toThrow('ENOENT');
  });

  it('takes the name that the tests import, and asks when it could be two', async () => {
    const reading = `${right}\nFOUR = int(open("n/four.txt").read())\n`;
    const dir = await made('named', { 'anna.py': reading, 'data.txt': 'no submission' });
    const suite = await made('named-tests', {
      'tests/test_it.py':
        'import numpy, helper\nfrom homework import FOUR, double\n\ndef test_it():\n    assert double(helper.TWO) == FOUR\n',
      'tests/helper.py': 'TWO = 2\n',
      'n/four.txt': '4',
      'two.py': 'import homework\nimport other\n\ndef test_it():\n    pass\n',
    });
    const argv = [dir, '--out', join(folder, 'named-out'), '--format', 'json'];
    const graded = await nbpulse([...argv, '--tests', join(suite, 'tests'), '--data', join(suite, 'n')]);
    expect([graded.code, graded.err]).toEqual([0, expect.stringContaining('import each submission as "homework"')]);
    const { submissions } = await readResults(join(folder, 'named-out'));
    expect(submissions).toMatchObject([{ name: 'anna.py', points: 10 }]);
    const asked = await nbpulse([...argv, '--tests', join(suite, 'two.py')]);
    expect([asked.code, asked.err]).toEqual([2, expect.stringContaining('--module homework')]);
  });

  it('is no zero when the tests do not load with one submission: that one is not graded, with 1', async () => {
    const dir = await made('half', { 'anna.py': `CASES = [1]\n${right}`, 'ben.py': `CASES = [0]\n${right}` });
    const text =
      'import submission\n\nHALVES = [1 // n for n in submission.CASES]\n\ndef test_it():\n    assert submission.double(1) == 2\n';
    const file = join(await made('half-tests', { 'tests.py': text }), 'tests.py');
    const graded = await nbpulse([dir, '--tests', file, '--quiet']);
    expect([graded.code, graded.out]).toEqual([
      1,
      expect.stringMatching(/^2 submissions, 1 graded, 1 not graded[^\n]*\n$/),
    ]);
    const { submissions } = await readResults(`${dir}-graded`);
    expect(submissions.map(({ points, outcome }) => [points, outcome])).toEqual([
      [10, 'completed'],
      [null, 'sandbox-error'],
    ]);
  });

  it('ends at Ctrl-C with what is done written, and leaves nothing running', async () => {
    const dir = await made('stopped', { 'a.py': right, 'b.py': 'while True:\n    pass\n', 'c.py': right });
    const file = join(await made('stopped-tests', { 'tests.py': tests }), 'tests.py');
    const argv = ['grade', dir, '--tests', file, '--jobs', '1', '--timeout', '600'];
    const script = `
      import { createViteServer } from 'vitest/node';
      const vite = await createViteServer({
        configFile: false, root: process.cwd(), logLevel: 'error', optimizeDeps: { noDiscovery: true },
        server: { middlewareMode: true, hmr: false, ws: false, watch: null },
        resolve: { conditions: ['source'] }, ssr: { resolve: { conditions: ['source'] } },
      });
      const { main } = await vite.ssrLoadModule('/server/cli/main.ts');
      const write = { out: (text) => process.stdout.write(text), err: (text) => process.stderr.write(text) };
      const code = await main(${JSON.stringify(argv)}, process.env, { ...write, errColumns: 100 });
      process.exit(code);`;
    // A process group of its own, as a shell gives one: Ctrl-C reaches the sandboxes, too.
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: checkout, detached: true });
    const pid = child.pid ?? 0;
    const ended = once(child, 'close');
    let said = '';
    try {
      await new Promise<void>((resolve) => {
        child.stderr.on('data', (chunk: Buffer) => {
          said += chunk.toString();
          if (said.includes('1 of 3')) resolve();
        });
        child.once('close', () => resolve());
      });
      process.kill(-pid, 'SIGINT');
      const [code] = (await ended) as [number | null];
      expect([code, said]).toEqual([130, expect.stringContaining('Stopped. What was graded until then counts')]);
    } finally {
      child.kill('SIGKILL');
      await ended;
    }
    const results = await readResults(`${dir}-graded`);
    expect(results.complete).toBe(false);
    expect(results.submissions.map(({ name, points }) => [name, points])).toEqual([['a.py', 10]]);
    await expect.poll(() => processesOf(pid)).toEqual([]);
    const left = (await readdir(tmpdir())).filter((name) => new RegExp(`^nbpulse-\\w+-${String(pid)}-`).test(name));
    expect(left).toEqual([]);
  });

  it('grades the example as its README says', async () => {
    const dir = join(checkout, 'examples', 'is-prime');
    const readme = await readFile(join(dir, 'README.md'), 'utf8');
    const command = /^npx nbpulse grade (.*)$/m.exec(readme)?.[1] ?? '';
    const argv = command.split(' ').map((word) => (word.startsWith('examples/') ? join(checkout, word) : word));
    const graded = await nbpulse([...argv, '--out', join(folder, 'example')]);
    expect(graded.code).toBe(0);
    const { submissions } = await readResults(join(folder, 'example'));
    expect(submissions.map(({ name, points }) => [name, points])).toEqual([
      ['anna.py', 10],
      ['ben.py', 3],
      ['chen.ipynb', 8],
    ]);
    // The table that the README shows is the one that is printed.
    for (const line of graded.out.split('\n').slice(0, 4)) expect(readme).toContain(line);
  });
});

describe('nbpulse grade', () => {
  it('says that no sandbox works here, with 3', async () => {
    const dir = await made('no-engine', { 'anna.py': right, 'tests.py': tests });
    const graded = await nbpulse([dir, '--tests', join(dir, 'tests.py')], { NBPULSE_ENGINE: 'none' });
    expect([graded.code, graded.out, graded.err]).toEqual([3, '', expect.stringContaining('NBPULSE_ENGINE=none')]);
  });

  it.each([
    [['DIR'], 'nbpulse grade DIR --tests tests.py'],
    [['--tests', 'DIR/tests.py'], 'Call it so: nbpulse grade DIR --tests'],
    [['DIR', 'more', '--tests', 'DIR/tests.py'], '"more" is too much'],
    [['DIR', '--tests', 'DIR/nowhere.py'], '--tests: there is no'],
    [['DIR/nowhere', '--tests', 'DIR/tests.py'], 'There is no folder'],
    [['DIR/tests.py', '--tests', 'DIR/tests.py'], 'is a file. Name the folder'],
    [['DIR/nothing', '--tests', 'DIR/tests.py'], 'There is nothing to grade in'],
    [['DIR', '--tests', 'DIR/nothing'], 'holds no .py file'],
    [['DIR', '--tests', 'DIR/tests.py', '--data', 'DIR/tests.py'], 'Two files would be called tests.py'],
    [['DIR', '--tests', 'DIR/tests.py', '--points', 'many'], '--points "many": must be a number above 0'],
    [['DIR', '--tests', 'DIR/tests.py', '--jobs', '1.5'], '--jobs "1.5": must be a whole number from 1 to 64'],
    [['DIR', '--tests', 'DIR/tests.py', '--format', 'csv,pdf'], '--format "pdf": there are csv, json'],
    [['DIR', '--tests', 'DIR/tests.py', '--limits', 'exam'], 'there is one preset, course'],
    [['DIR', '--tests', 'DIR/tests.py', '--module', 'a-b'], 'is no name that Python could import'],
    [['DIR', '--tests', 'DIR/tests.py', '--out', '/proc/nowhere'], '--out /proc/nowhere cannot be written'],
    [['DIR', '--tests', 'DIR/tests.py', '--loud'], "Unknown option '--loud'"],
  ])('called wrongly says how, with 2: %j', async (argv, words) => {
    const dir = await made('called', { 'anna.py': right, 'tests.py': tests, 'nothing/readme.txt': '' });
    const graded = await nbpulse(argv.map((word) => word.replace(/^DIR/, dir)));
    expect([graded.code, graded.out, graded.err]).toEqual([2, '', expect.stringContaining(words)]);
  });
});

async function tree(path: string): Promise<string[]> {
  return (await readdir(path, { recursive: true })).sort();
}

/** Processes of its session, or whose command line names one of its folders. */
async function processesOf(pid: number): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const status = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    const session = status.slice(status.lastIndexOf(')') + 2).split(' ')[3];
    const line = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (session === String(pid) || new RegExp(`nbpulse-\\w+-${String(pid)}-`).test(line)) found.push(line);
  }
  return found;
}
