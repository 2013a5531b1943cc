/** `send` where no notebook page of ours is: each front end as it is installed, a real kernel or process, a real server. */
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageIndex } from '../launch/package-index.mjs';
import { useClassroom } from './classroom.js';
import { listen, type Listening } from './listen.js';
import { noteNoPython, noteSkip, packageFolder, python } from './python-session.js';

noteNoPython('papermill, nbconvert, marimo, IPython and scripts');
const version = 'import ipykernel; print(ipykernel.__version__)';
const setup =
  process.env['NBPULSE_TEST_FOLDER'] === undefined
    ? fileURLToPath(new URL('../../.nbpulse/setup', import.meta.url))
    : dirname(process.env['NBPULSE_TEST_FOLDER']);
const kernelClient = fileURLToPath(new URL('kernel_client.py', import.meta.url));

/** What a student writes, in each of the ways that `send` is called. */
const cells = [
  'import nbpulse\nfrom nbpulse import send\nnbpulse.connect()',
  'x = 1\nsend(x, "3")',
  'send(2, 3, part="B")\nNone',
  'import asyncio\nawait asyncio.sleep(0)\nsend("async", "async")\nawait asyncio.gather(*(asyncio.to_thread(send, n, "pool") for n in range(5)))\nNone',
  'import threading\nthreads = [threading.Thread(target=send, args=(n, "thread")) for n in range(5)]\nfor t in threads: t.start()\nfor t in threads: t.join()',
  '%%time\nsend("timed", "time")\nNone',
  'print(nbpulse.checkpoint())',
];
const plainCells = cells.filter((cell) => !cell.startsWith('%%') && !cell.includes('await'));
const expected = {
  '3': ['1', '2 (B)'],
  async: ['async'],
  pool: ['0', '1', '2', '3', '4'],
  thread: ['0', '1', '2', '3', '4'],
  time: ['timed'],
};
const plainExpected = { '3': expected['3'], thread: expected.thread };

describe.skipIf(python === null)('without a page of ours', () => {
  const room = useClassroom();
  let server: Listening;
  let folder: string;

  beforeAll(async () => {
    server = await listen(room.app);
    folder = await mkdtemp(join(tmpdir(), 'nbpulse-front-'));
  });
  afterAll(async () => {
    await server.goAway();
    await rm(folder, { recursive: true });
  });

  /** Runs a command as a student of that name; fails when it fails. */
  const run = async (name: string, args: string[], stdin = ''): Promise<{ out: string; err: string }> => {
    const child = spawn(python ?? '', args, {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        HOME: join(folder, name),
        IPYTHONDIR: join(folder, name, 'ipython'),
        JUPYTER_RUNTIME_DIR: join(folder, name, 'runtime'),
        PYTHONPATH: packageFolder,
        PYTHONDONTWRITEBYTECODE: '1',
        PYDEVD_DISABLE_FILE_VALIDATION: '1',
        NBPULSE_SERVER: server.url,
        NBPULSE_CODE: room.lab.joinCode,
        NBPULSE_NAME: name,
        NO_PROXY: '*',
      },
    });
    const said = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
    child.stdin.end(stdin);
    const code = await new Promise((resolve) => child.once('exit', resolve));
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${String(code)}:\n${said.out}\n${said.err}`);
    return said;
  };
  const notebook = async (name: string): Promise<string> => {
    const path = join(folder, `${name}.ipynb`);
    const code = cells.map((source, index) => ({
      id: `cell-${String(index)}`,
      cell_type: 'code',
      metadata: {},
      outputs: [],
      execution_count: null,
      source,
    }));
    const kernelspec = { name: 'python3', display_name: 'Python 3', language: 'python' };
    await writeFile(path, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: { kernelspec }, cells: code }));
    return path;
  };
  const records = async (name: string): Promise<Record<string, string[]>> => {
    const rows = await room.database.db.execute<{ question: string; part: string | null; summary: string }>(sql`
      SELECT e.question_key AS question, e.part, e.summary FROM event e JOIN participant p ON p.id = e.participant_id
      WHERE p.name = ${name} AND e.kind = 'record' ORDER BY e.question_key, e.summary`);
    const found: Record<string, string[]> = {};
    for (const { question, part, summary } of rows)
      (found[question] ??= []).push(part ? `${summary} (${part})` : summary);
    return found;
  };
  /** Once, all of them, and nothing else: what comes twice stands twice in the list. */
  const hasAll = (name: string, all: Record<string, string[]>) =>
    expect.poll(() => records(name), { timeout: 60_000, interval: 50 }).toEqual(all);

  it('papermill', { timeout: 180_000 }, async () => {
    await run('Papermill', [
      '-m',
      'papermill',
      await notebook('papermill'),
      join(folder, 'out.ipynb'),
      '--no-progress-bar',
    ]);
    await hasAll('Papermill', expected);
    const out = await readFile(join(folder, 'out.ipynb'), 'utf8');
    expect(out).toContain('Connected as Papermill to');
    expect(out).toMatch(/"text\/plain": \[\s*"(saved|queued)"/);
    expect(out).toContain('not sent: say which file');
    expect(out).not.toMatch(/stderr|Traceback/);
  });

  it('nbconvert --execute', { timeout: 180_000 }, async () => {
    await run('Convert', ['-m', 'nbconvert', '--to', 'html', '--execute', await notebook('convert')]);
    await hasAll('Convert', expected);
    expect(await readFile(join(folder, 'convert.html'), 'utf8')).toContain('Connected as Convert to');
  });

  it('a kernel whose front end closes comms that it does not know, as VS Code', { timeout: 180_000 }, async () => {
    const { out } = await run('Closer', [kernelClient], JSON.stringify({ cells: [...cells, '1 + 1'] }));
    const { outputs, comms } = JSON.parse(out) as { outputs: string[][]; comms: number };
    await hasAll('Closer', expected);
    // Once for the first record; a comm that was closed is not opened again and again.
    expect(comms).toBeLessThanOrEqual(1);
    expect(outputs[0]?.join()).toContain('Connected as Closer to');
    expect(outputs[1]?.join()).toMatch(/^(saved|queued)$/);
    expect(outputs.slice(2, 5)).toEqual([[], [], []]);
    expect(outputs[7]).toEqual(['2']);
  });

  it('ipykernel 6, which has no thread for acknowledgements', { timeout: 120_000 }, async ({ skip }) => {
    const old = join(folder, 'ipykernel-6');
    const uv = join(setup, 'tools/bin/uv');
    const env = {
      ...process.env,
      UV_CACHE_DIR: join(setup, 'caches/uv'),
      UV_PYTHON_DOWNLOADS: 'never',
      ...packageIndex().forUv,
    };
    const made = await promisify(execFile)(uv, ['venv', '-q', '--no-project', '--python', python ?? '', old], { env })
      .then(() => promisify(execFile)(uv, ['pip', 'install', '-q', '--python', old, 'ipykernel>=6,<7'], { env }))
      .catch((error: unknown) => error as Error);
    if (made instanceof Error) {
      noteSkip('ipykernel 6 was not tested: it could not be fetched', 'npm test, where PyPI can be reached');
      return skip();
    }
    const kernel = join(old, 'bin/python');
    const { out } = await run('Six', [kernelClient, kernel], JSON.stringify({ cells: [...cells, version] }));
    const { outputs } = JSON.parse(out) as { outputs: string[][] };
    await hasAll('Six', expected);
    expect(outputs.at(-1)?.join()).toMatch(/^stdout: 6\./);
  });

  it('IPython in a terminal', { timeout: 180_000 }, async () => {
    const text = cells.filter((cell) => !cell.startsWith('%%')).join('\n\n');
    await run(
      'Terminal',
      ['-m', 'IPython', '--simple-prompt', '--no-banner', '--colors=NoColor'],
      `%autoawait asyncio\n${text.replaceAll('\nNone', '')}\n%time send("timed", "time")\n\nexit\n`,
    );
    await hasAll('Terminal', expected);
  });

  it('a plain script', { timeout: 180_000 }, async () => {
    const script = join(folder, 'script.py');
    await writeFile(script, plainCells.join('\n'));
    const { err } = await run('Script', [script]);
    await hasAll('Script', plainExpected);
    expect(err).toBe('');
    await run('Script', [script]);
    await hasAll('Script', { '3': ['1', '1', '2 (B)', '2 (B)'], thread: expected.thread.flatMap((n) => [n, n]) });
  });

  it('marimo', { timeout: 180_000 }, async () => {
    const script = join(folder, 'lab_marimo.py');
    const body = (cell: string): string => cell.replace(/^/gm, '    ');
    const one = plainCells.slice(1, 4).join('\n').replaceAll('\nNone', '');
    await writeFile(
      script,
      `import marimo\napp = marimo.App()\n\n@app.cell\ndef _():\n    import nbpulse\n    from nbpulse import send\n    nbpulse.connect()\n    return nbpulse, send\n\n@app.cell\ndef _(send):\n${body(one)}\n    send("last", "last")\n    return\n\n@app.cell\ndef _(nbpulse):\n    nbpulse.status()\n    return\n\nif __name__ == "__main__":\n    app.run()\n`,
    );
    const html = join(folder, 'marimo.html');
    await run('Marimo', ['-m', 'marimo', 'export', 'html', script, '-o', html]);
    await hasAll('Marimo', { ...plainExpected, last: ['last'] });
    const page = await readFile(html, 'utf8');
    expect(page).toContain('Connected as Marimo to');
    await run('Marimo script', [script]);
    await hasAll('Marimo script', { ...plainExpected, last: ['last'] });
  });
});
