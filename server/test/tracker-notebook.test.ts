/**
 * A notebook written for notebook-progress-tracker, unedited but for its host, in a real kernel against a real server: every type
 * of result, parts, two students on one host, a server that goes away, and what is not installed there.
 */
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labState, labView, type LabView, type Value } from '@nbpulse/schema/wire';
import { listen, until, type Listening } from './listen.js';
import { publicUrl, useClassroom } from './classroom.js';

const atHome = fileURLToPath(new URL('../../.nbpulse/setup/python/develop/bin/python', import.meta.url));
const python = process.env['NBPULSE_DEVELOP_PYTHON'] ?? (existsSync(atHome) ? atHome : null);
if (python === null && process.env['NBPULSE_SKIPS']) {
  const skip = { what: 'a tracker notebook in a kernel', cure: 'npm test (it makes the Python for tests)' };
  appendFileSync(process.env['NBPULSE_SKIPS'], `${JSON.stringify(skip)}\n`);
}

const room = useClassroom();
let lab: LabView;
let server: Listening;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nbpulse-tracker-'));
  server = await listen(room.app);
  const made = await room.addLab('Deep learning tutorial');
  const settings = { trackerDoor: true, parts: ['morning', 'afternoon'] };
  lab = labView.parse(await (await room.owner.request('PATCH', `/labs/${made.id}`, { json: { settings } })).json());
});
afterAll(async () => {
  await server.goAway();
  await rm(folder, { recursive: true });
});

/** Runs the cells in one kernel, from top to bottom; a cell that raises ends it. @returns what each cell printed */
async function runNotebook(cells: string[]): Promise<string[]> {
  const path = join(folder, `${String(Math.random()).slice(2)}.ipynb`);
  const notebook = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' } },
    cells: cells.map((source, index) => ({
      id: `cell-${index}`,
      cell_type: 'code',
      metadata: {},
      source,
      outputs: [],
      execution_count: null,
    })),
  };
  await writeFile(path, JSON.stringify(notebook));
  const { code, said } = await runPython([
    '-c',
    'import nbformat, sys\nfrom nbclient import NotebookClient\np = sys.argv[1]\nn = nbformat.read(p, as_version=4)\nNotebookClient(n, timeout=60).execute()\nnbformat.write(n, p)',
    path,
  ]);
  if (code !== 0) throw new Error(`the notebook failed: ${said}`);
  const run = JSON.parse(await readFile(path, 'utf8')) as {
    cells: { outputs: { text?: string | string[]; data?: Record<string, string | string[]> }[] }[];
  };
  const textOf = (text: string | string[] | undefined): string => (Array.isArray(text) ? text.join('') : (text ?? ''));
  return run.cells.map(({ outputs }) =>
    outputs
      .map(
        (output) =>
          textOf(output.text) + textOf(output.data?.['text/plain']) + textOf(output.data?.['application/javascript']),
      )
      .join(''),
  );
}

async function runPython(args: string[]): Promise<{ code: number | null; said: string }> {
  const env = { ...process.env, MPLBACKEND: undefined, JUPYTER_PLATFORM_DIRS: '1', no_proxy: '127.0.0.1' };
  const child = spawn(python!, args, { stdio: ['ignore', 'pipe', 'pipe'], env, cwd: folder });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, said };
}

const setUp = (name: string, more = ''): string => `
import numpy as np
import requests

baseurl = "${server.url.replace('http://', '')}"
exec(requests.get(f"http://{baseurl}/get-send-code").content)

npt_config = {
    'session_name': 'Deep learning tutorial',
    'session_owner': 'owner',
    'sender_name': "${name}",
    ${more}
}
`;
const recordsOf = async (name: string) => {
  const { participants } = labState.parse(await (await room.owner.get(`/labs/${lab.id}/state`)).json());
  const who = participants.find((one) => one.name === name);
  if (!who) throw new Error(`${name} is not there: ${participants.map((one) => one.name).join(', ')}`);
  const reply = await room.owner.get(`/labs/${lab.id}/participants/${who.id}/timeline`);
  const { items } = (await reply.json()) as {
    items: { kind: string; record: { question: string; part: string | null; value: Value | null } }[];
  };
  return items.flatMap((item) => (item.kind === 'record' ? [item.record] : []));
};
const valueOf = async (name: string, question: string): Promise<Value | null> =>
  (await recordsOf(name)).findLast((one) => one.question === question)?.value ?? null;

/** A kernel starts in a second on a machine that has nothing else to do. */
describe.skipIf(python === null)('an unedited tracker notebook', { timeout: 120_000 }, () => {
  it('records text, numbers, lists, arrays, code and pictures', async () => {
    const said = await runNotebook([
      setUp('Ada Lovelace', "'log': True,"),
      'A = np.arange(6).reshape(2, 3)\nsend(A, 1)',
      'send(np.random.rand(24).reshape(2, 3, 4), 2)',
      'send("Une string, où ça ✓", 3)\nsend(42, 4)\nsend(2.0, 5)\nsend(float("nan"), 6)\nsend(np.int64(7), 7)',
      'send([42, "test", [{"a": 23}, "coucou"]] * 4, 8)\nsend({"a": [1, 2.5], "b": None}, 9)',
      'import matplotlib.pyplot as plt\nplt.plot(np.arange(10), np.random.rand(10))\nsend(plt, 10)',
      'fig, ax = plt.subplots()\nax.plot([1, 2])\nsend(fig, 11)',
      'from PIL import Image\nimport io\nbuffer = io.BytesIO()\nImage.new("RGB", (8, 8), "red").save(buffer, "jpeg")\nsend(Image.open(buffer), 12)\nsend(Image.new("RGBA", (8, 8)), 13)',
      'def triple(x):\n    # three times\n    return 3 * x\nsend(triple, 14)',
      'class Model:\n    size = 2\n\n    def forward(self, x):\n        return x * self.size\n\nother = 1\nsend(Model, 15)',
      // By protocol: what torch has, without torch.
      'class Tensor:\n    def __init__(self, values):\n        self.values = values\n    def detach(self):\n        return self\n    def cpu(self):\n        return self\n    def numpy(self):\n        return np.array(self.values)\nsend(Tensor([[1.5, 2.5]]), 16)\nsend(Tensor(3.0), 17)',
      'reply = send("again", 3)\nprint(reply.status_code, reply.text, reply.content)',
    ]);
    expect(said[3]).toBe(`${'Success: Record inserted\n'.repeat(5)}<Response [200] Success: Record inserted>`);
    expect(said.at(-1)).toBe("Success: Record updated\n200 Success: Record updated b'Success: Record updated'\n");
    const expected: Record<string, object> = {
      1: { t: 'array', dtype: 'int64', shape: [2, 3], v: [0, 1, 2, 3, 4, 5] },
      2: { t: 'array', dtype: 'float64', shape: [2, 3, 4] },
      3: { t: 'str', v: 'again' },
      4: { t: 'int', v: 42 },
      5: { t: 'float', v: 2 },
      6: { t: 'float', v: 'nan' },
      7: { t: 'int', v: 7 },
      8: { t: 'list', n: 12 },
      9: { t: 'dict', n: 2 },
      10: { t: 'image', mime: 'image/jpeg' },
      11: { t: 'image', mime: 'image/jpeg' },
      12: { t: 'image', mime: 'image/jpeg' },
      13: { t: 'image', mime: 'image/jpeg' },
      14: {
        t: 'code',
        kind: 'function',
        name: 'triple',
        src: { v: 'def triple(x):\n    # three times\n    return 3 * x\n' },
      },
      15: { t: 'code', kind: 'class', name: 'Model' },
      16: { t: 'array', dtype: 'float64', shape: [1, 2], v: [1.5, 2.5] },
      17: { t: 'float', v: 3 },
    };
    for (const [question, value] of Object.entries(expected)) {
      expect(await valueOf('Ada Lovelace', question), `question ${question}`).toMatchObject(value);
    }
    const code = await valueOf('Ada Lovelace', '15');
    expect(code).toMatchObject({ src: { v: expect.stringContaining('return x * self.size') } });
    expect(JSON.stringify(code)).not.toContain('other = 1');
  });

  it('reads npt_config at each call, names its parts, and may name its host’s id', async () => {
    const said = await runNotebook([
      setUp('Part', "'part_name': 'morning',"),
      'print(send(1, 1).text)\nnpt_config["part_name"] = "afternoon"\nprint(send(2, 1).text)\nnpt_config["part_name"] = "night"\nprint(send(3, 1).text)',
      '_npt_config["sender_uuid"] = 92768222040\nnpt_config = {**npt_config, "part_name": "morning", "sender_name": "Other"}\nprint(send(4, 1).text)',
      'del npt_config\nprint(send(5, 1).text)',
    ]);
    expect(said[1]).toBe('Success: Record inserted\nSuccess: Record inserted\nError: No such part\n');
    expect((await recordsOf('Part')).map((one) => one.part)).toEqual(['morning', 'afternoon']);
    expect(await valueOf('Other', '1')).toEqual({ t: 'int', v: 4 });
    expect(said[3]).toContain('Error');
  });

  it('keeps two students of one host apart', async () => {
    await Promise.all([
      runNotebook([setUp('Chris'), 'send("from Chris", 1)']),
      runNotebook([setUp('Dana'), 'send("from Dana", 1)']),
    ]);
    expect(await valueOf('Chris', '1')).toEqual({ t: 'str', v: 'from Chris' });
    expect(await valueOf('Dana', '1')).toEqual({ t: 'str', v: 'from Dana' });
  });

  it('never raises or prints, whatever is sent', async () => {
    const said = await runNotebook([
      setUp('Eve'),
      `
class Hostile:
    def __repr__(self): raise ValueError
    def __getattr__(self, name): raise RuntimeError(name)
import time
for thing in [None, {1, 2}, object(), Hostile(), lambda x: x, print, {(1, 2): 3}, [Hostile()], "\\ud800", b"x", 1j, type, int]:
    before = time.monotonic()
    reply = send(thing, 1)
    assert isinstance(reply.status_code, int) and isinstance(reply.text, str) and isinstance(reply.content, bytes)
    assert time.monotonic() - before < 5
loop = []
loop.append(loop)
send(loop, 2)
send(1, "x" * 1000)
_ = send(1, None)
`,
    ]);
    expect(said).toEqual(['', '']);
  });

  it('waits for no server that is away, and loses nothing', async () => {
    const elsewhere = await listen(room.app);
    const running = runNotebook([
      setUp('Late').replace(server.url.replace('http://', ''), elsewhere.url.replace('http://', '')),
      'send("first", 1)',
      `open(${JSON.stringify(join(folder, 'sent-first'))}, "w").close()`,
      `import os, time\nwhile not os.path.exists(${JSON.stringify(join(folder, 'away'))}): time.sleep(0.02)`,
      'before = time.monotonic()\nreplies = [send(n, 2).status_code for n in range(10)]\nprint(replies, time.monotonic() - before < 4)',
      `open(${JSON.stringify(join(folder, 'sent-all'))}, "w").close()`,
      'until = time.monotonic() + 40\nwhile _npt_sender.jobs and time.monotonic() < until: time.sleep(0.05)\nprint(len(_npt_sender.jobs))',
    ]);
    await until('the first record', () => Promise.resolve(existsSync(join(folder, 'sent-first'))), 60_000);
    await elsewhere.goAway();
    await writeFile(join(folder, 'away'), '');
    await until('all are sent', () => Promise.resolve(existsSync(join(folder, 'sent-all'))), 60_000);
    await elsewhere.comeBack();
    const said = await running;
    await elsewhere.goAway();
    expect(said[4]).toBe(`[${Array(10).fill('202').join(', ')}] True\n`);
    expect(said[6]).toBe('0\n');
    const records = await recordsOf('Late');
    expect(records.map((one) => one.value)).toEqual([
      { t: 'str', v: 'first' },
      ...Array.from({ length: 10 }, (_, v) => ({ t: 'int', v })),
    ]);
  });

  it('needs neither requests nor numpy, torch or matplotlib', async () => {
    const script = join(folder, 'bare.py');
    await writeFile(
      script,
      `
import sys, urllib.request
for name in ("requests", "numpy", "torch", "matplotlib", "PIL", "IPython"):
    sys.modules[name] = None
exec(urllib.request.urlopen("${server.url}/get-send-code").read())
npt_config = {"session_name": "Deep learning tutorial", "session_owner": "owner", "sender_name": "Bare"}
class Picture:
    mode = "RGB"
    def save(self, buffer, format): buffer.write(b"\\xff\\xd8\\xff\\xe0 picture")
Picture.__module__ = "PIL.Image"
print(send([1, 2.0], 1).text, send("x" * 10, 2).text, send(Picture(), 3).text, send(1, None).status_code)
npt_init_pusher()
`,
    );
    expect(await runPython([script])).toEqual({ code: 0, said: `${'Success: Record inserted '.repeat(3)}400\n` });
    expect(await valueOf('Bare', '3')).toMatchObject({ t: 'image', mime: 'image/jpeg' });
  });

  it('listens on the channel that its names give, and a push arrives there, missed ones as well', async () => {
    const [, shown] = await runNotebook([setUp('Frank'), 'npt_init_pusher()']);
    const channel = /window\._npt_all_channel = "([0-9a-f]{32})"/.exec(shown ?? '')?.[1];
    expect(shown).toContain(`window._npt_server_url = "${server.url}/"`);
    const listenTo = async (lastId?: string) => {
      const reply = await fetch(`${server.url}/get-pushes?channel=${String(channel)}`, {
        headers: lastId === undefined ? {} : { 'last-event-id': lastId },
      });
      expect(reply.status).toBe(200);
      expect(reply.headers.get('access-control-allow-origin')).toBe('*');
      return reply.body!.pipeThrough(new TextDecoderStream()).getReader();
    };
    const heardOn = async (reader: ReadableStreamDefaultReader<string>, what: string) => {
      let heard = '';
      while (!heard.includes(what)) heard += (await reader.read()).value ?? '';
      return heard;
    };
    const push = async (title: string) =>
      room.app.request(`${publicUrl}/send-push`, {
        method: 'POST',
        headers: { cookie: room.owner.cookie, origin: publicUrl },
        body: new URLSearchParams({
          session_name: lab.name,
          title,
          body: '<b>two</b> minutes',
          code: 'x = 1',
          type: 'warning',
        }),
      });
    const first = await listenTo();
    await heardOn(first, 'listening');
    expect(await (await push('Ending')).text()).toBe('Message sent');
    const heard = await heardOn(first, 'Ending');
    const id = /id: (\S+)/.exec(heard)?.[1];
    const data = JSON.parse(/data: (.*)/.exec(heard)![1]!) as unknown;
    expect(data).toEqual({ title: 'Ending', body: '<b>two</b> minutes', code: 'x = 1', type: 'warning', timeout: 0 });
    await first.cancel();
    await push('Missed');
    await push('Another');
    const again = await listenTo(id);
    const caughtUp = await heardOn(again, 'Another');
    expect(caughtUp).toContain('Missed');
    expect(caughtUp).not.toContain('Ending');
    await again.cancel();
    expect((await fetch(`${server.url}/get-pushes?channel=${'0'.repeat(32)}`)).status).toBe(404);
  });
});
