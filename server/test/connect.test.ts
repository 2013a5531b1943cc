/** `nbpulse.connect(…)` and what hangs on it, in a real Python against a real server. */
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { limits } from '@nbpulse/schema/wire';
import { useClassroom } from './classroom.js';
import { doubling } from './course-work.js';
import { listen, until, type Listening } from './listen.js';
import { noteNoPython, python, PythonSession } from './python-session.js';

noteNoPython('nbpulse.connect');

describe.skipIf(python === null)('connect', () => {
  const room = useClassroom();
  let server: Listening;
  let home: string;
  let open: PythonSession[] = [];

  beforeEach(async () => {
    server = await listen(room.app);
    home = await mkdtemp(join(tmpdir(), 'nbpulse-connect-'));
  });
  afterEach(async () => {
    for (const one of open) await one.end('kill');
    open = [];
    await server.goAway();
    await rm(home, { recursive: true });
  });

  const session = (env: NodeJS.ProcessEnv = {}, folder = home): PythonSession => {
    const made = new PythonSession(folder, env);
    open.push(made);
    return made;
  };
  const line = (name: string, more = '', code = room.lab.joinCode, url = server.url): string =>
    `import nbpulse; from nbpulse import send\nnbpulse.connect(${JSON.stringify(url)}, ${JSON.stringify(code)}, ${JSON.stringify(name)}${more})`;
  /** What the lab has of a participant, oldest first. */
  const records = async (name: string, question: string): Promise<string[]> => {
    const rows = await room.database.db.execute<{ summary: string }>(sql`
      SELECT e.summary FROM event e JOIN participant p ON p.id = e.participant_id
      WHERE p.name = ${name} AND e.kind = 'record' AND e.question_key = ${question} ORDER BY e.received_at, e.seq`);
    return rows.map((row) => row.summary);
  };
  const hasRecords = (name: string, question: string, expected: string[]) =>
    expect.poll(() => records(name, question), { timeout: 60_000, interval: 50 }).toEqual(expected);

  /** A killed process keeps what its journal holds, not what it took a moment before. */
  const isInJournal = (text: string) =>
    until(`${text} in a journal`, async () => {
      for (const entry of await readdir(join(home, 'nbpulse'), { recursive: true, withFileTypes: true })) {
        // A file that is only being written is no journal yet.
        if (
          entry.isFile() &&
          !entry.name.endsWith('.tmp') &&
          (await readFile(join(entry.parentPath, entry.name), 'utf8')).includes(text)
        )
          return true;
      }
      return false;
    });

  it('joins, tells what is kept and until when, and records', async () => {
    const one = session();
    const said = await one.run(line('Ada'));
    expect(said).toContain(`Connected as Ada to “First lab” (Analysis) at ${new URL(server.url).host}.`);
    expect(said).toContain('It is erased 12 months after the lab closes.');
    expect(said).toMatch(/Return code [A-Z2-7]{4}-[A-Z2-7]{4}:/);
    expect(await one.run('send(42, 1)')).toMatch(/queued|saved/);
    await hasRecords('Ada', '1', ['42']);
    expect(one.stderr).toBe('');
  });

  it('remembers who it is: a script that runs again, and a kernel that was killed, are the same participant', async () => {
    const one = session();
    await one.run(line('Grace'));
    await one.run('send(1, "again")');
    await hasRecords('Grace', 'again', ['1']);
    await one.end('kill');
    const two = session();
    expect(await two.run(line('  grace ', '', room.lab.joinCode.toLowerCase().replace('-', ' ')))).toContain(
      'Connected as Grace',
    );
    await two.run('send(2, "again")');
    await two.end('exit');
    await hasRecords('Grace', 'again', ['1', '2']);
  });

  it('keeps the token where only this user can read it, one file per server, lab and name', async () => {
    await session().run(line('Kept'));
    await session().run(line('Kept too'));
    const folder = join(home, 'nbpulse', '.identities');
    const files = await readdir(folder);
    expect(files).toHaveLength(2);
    for (const file of files) expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600);
  });

  it('asks "is this you?", and takes a return code or another=True', async () => {
    const first = session();
    const code = /Return code (\S+):/.exec((await first.run(line('Emmy'))) ?? '')?.[1] ?? '';
    const elsewhere = await mkdtemp(join(tmpdir(), 'nbpulse-elsewhere-'));
    const one = session({}, elsewhere);
    const said = await one.run(line('Emmy'));
    expect(said).toMatch(/^Not connected: .*Is this you\?.*return_code="…".*another=True/);
    expect(await one.run('send("before", "who")')).toBe('queued');
    expect(await one.run(line('Emmy', ', return_code="AAAA-AAAA"'))).toMatch(
      /^Not connected: This return code is not right/,
    );
    expect(await one.run(line('Emmy', `, return_code="${code.toLowerCase()}"`))).toContain('Connected as Emmy to');
    await hasRecords('Emmy', 'who', ['before']);
    expect(await session({}, elsewhere).run(line('Emmy'))).toContain('Connected as Emmy to');
    const two = session({}, elsewhere);
    expect(await two.run(line('Emmy', ', another=True'))).toContain('Connected as Emmy (2) to');
    await two.end();
    expect(await session({}, elsewhere).run(line('Emmy', ', another=True'))).toContain('Connected as Emmy (2) to');
    await rm(elsewhere, { recursive: true });
  });

  it('never gives a second person on the same computer the token of the first', async () => {
    const one = session();
    await one.run(line('Early'));
    await one.run('send("early", "shared")');
    expect(await one.run(line('Later'))).toContain('Connected as Later');
    await one.run('send("later", "shared")');
    await hasRecords('Early', 'shared', ['early']);
    await hasRecords('Later', 'shared', ['later']);
    expect(await one.run(line('Early'))).toContain('Connected as Early');
    await one.run('send("early again", "shared")');
    await hasRecords('Early', 'shared', ['early', 'early again']);
  });

  it('says what is wrong with what was typed', async () => {
    const one = session();
    const says = async (code: string, words: RegExp): Promise<void> => expect(await one.run(code)).toMatch(words);
    await says(
      'import nbpulse; nbpulse.connect()',
      /^Not connected: connect needs server \(or NBPULSE_SERVER\) and code/,
    );
    await says('nbpulse.connect("ftp://x", "a", "b")', /^Not connected: The address of a server begins with https/);
    await says('nbpulse.connect("http://a:b@x", "a", "b")', /no user name and no password/);
    await says('nbpulse.connect("http://[", "a", "b")', /is not a web address/);
    await says(line('Ada', '', 'AAAA-AAAA'), /^Not connected: No lab has the join code AAAA-AAAA/);
    await says(line('Ada', '', '12'), /^Not connected: .*called with the code “12”/);
    await says(line('x'.repeat(limits.nameChars + 1)), /^Not connected: .*80/);
    await says('nbpulse.connect(object(), b"x", 3, 4, 5)', /^Not connected: /);
    expect(one.stderr).toBe('');
  });

  it('cannot join a lab that is closed, but who has been there comes back', async () => {
    const lab = await room.addLab('Closing');
    await session().run(line('Inside', '', lab.joinCode));
    await room.owner.request('PATCH', `/labs/${lab.id}`, { json: { status: 'closed' } });
    expect(await session().run(line('Outside', '', lab.joinCode))).toMatch(
      /^Not connected: The lab “Closing” is closed/,
    );
    const said = await session().run(line('Inside', '', lab.joinCode));
    expect(said).toContain('This lab is closed: only what you made before the close is taken.');
    expect(said).toMatch(/It is erased on 20\d\d-\d\d-\d\d\./);
  });

  it('waits for a lab that has not begun, and tells of activity and deletion', async () => {
    const created = await room.owner.post(`/courses/${room.course}/labs`, { name: 'Draft' });
    const lab = (await created.json()) as { id: string; joinCode: string };
    const one = session();
    expect(await one.run(line('Waiting', '', lab.joinCode))).toMatch(
      /^Not connected yet: The lab “Draft” has not begun/,
    );
    await one.run('send("early bird", 1)');
    await room.owner.request('PATCH', `/labs/${lab.id}`, {
      json: { status: 'open', settings: { activity: true, mayDelete: true } },
    });
    // The next try is within a minute; asking again is at once.
    const said = await one.run(line('Waiting', '', lab.joinCode));
    expect(said).toContain('which cells you run');
    expect(said).toContain('You may delete your own records.');
    await hasRecords('Waiting', '1', ['early bird']);
  });

  it('keeps trying while the server is away; what was sent waits and is claimed', async () => {
    await server.goAway();
    const one = session();
    expect(await one.run(line('Offline'))).toMatch(/^Not connected yet: .* cannot be reached/);
    await one.run('for number in range(30): send(number, "away")');
    expect(await one.run('send(30, "away")')).toBe('queued');
    await server.comeBack();
    await hasRecords(
      'Offline',
      'away',
      Array.from({ length: 31 }, (_, number) => String(number)),
    );
    expect(
      await until('connected', async () => /Connected as Offline to/.test((await one.run(line('Offline'))) ?? '')),
    ).toBe(true);
  });

  it('a script that ends offline, before it has ever joined, is sent by the next one', async () => {
    await server.goAway();
    const one = session();
    await one.run(line('Ended'));
    await one.run('send("offline", "ended")');
    await one.end('exit');
    await server.comeBack();
    const other = session();
    await other.run(line('Somebody else'));
    await session().run(line('Ended'));
    await hasRecords('Ended', 'ended', ['offline']);
    expect(await records('Somebody else', 'ended')).toEqual([]);
  });

  it('another name while the server is away gets none of what the first one sent', async () => {
    await server.goAway();
    const one = session();
    await one.run(line('Before noon'));
    await one.run('send("morning", "desk")');
    await one.run(line('After noon'));
    await one.run('send("evening", "desk")');
    await server.comeBack();
    await hasRecords('After noon', 'desk', ['evening']);
    await one.run(line('Before noon'));
    await hasRecords('Before noon', 'desk', ['morning']);
    expect(await records('After noon', 'desk')).toEqual(['evening']);
  });

  it('a remembered participant sends at once when the server is back, without being asked', async () => {
    await session().run(line('Back'));
    await server.goAway();
    const one = session();
    expect(await one.run(line('Back'))).toMatch(/^Connected as Back\. .* cannot be reached/);
    await one.run('send(1, "back")');
    await isInJournal('"question":"back"');
    await one.end('kill');
    await server.comeBack();
    const two = session();
    await two.run(line('Back'));
    await hasRecords('Back', 'back', ['1']);
  });

  it('joins by environment variables, from the first send on', async () => {
    const env = { NBPULSE_SERVER: server.url, NBPULSE_CODE: room.lab.joinCode, NBPULSE_NAME: 'Environment' };
    const one = session(env);
    await one.run('from nbpulse import send\nsend(5, "env")');
    expect(await one.end('exit')).toBe(0);
    const two = session(env);
    await two.run('from nbpulse import send\nsend(6, "env")');
    await hasRecords('Environment', 'env', ['5', '6']);
    expect(two.stderr).toBe('');
  });

  it('leave() forgets: the token is dead, the identity gone, nothing unsaved is lost', async () => {
    const one = session();
    await one.run(line('Leaver'));
    await one.run('send(1, "left")');
    expect(await one.run('nbpulse.leave()')).toMatch(/^left; .* forgot this device/);
    await hasRecords('Leaver', 'left', ['1']);
    expect(await readdir(join(home, 'nbpulse', '.identities'))).toEqual([]);
    expect(await one.run('nbpulse.leave()')).toBe('nobody is connected from here');
    expect(await one.run('send(2, "left")')).toBe('queued');
    expect(await session().run(line('Leaver'))).toMatch(/^Not connected: .*Is this you\?/);
    const devices = await room.database.db.execute<{ revoked_at: string | null }>(
      sql`SELECT d.revoked_at FROM device d JOIN participant p ON p.id = d.participant_id WHERE p.name = 'Leaver'`,
    );
    expect(devices.map((row) => row.revoked_at === null)).toEqual([false]);
  });

  it('leave() stays while something is not saved, unless told to discard', async () => {
    const one = session();
    await one.run(line('Stubborn'));
    await server.goAway();
    await one.run('send(1, "kept")');
    expect(await one.run('nbpulse.leave()')).toMatch(/^not left: 1 answer is not saved yet/);
    await server.comeBack();
    await hasRecords('Stubborn', 'kept', ['1']);
    await server.goAway();
    await one.run('send(2, "kept")');
    expect(await one.run('nbpulse.leave(discard=True)')).toMatch(
      /^left: this computer forgot you, but .* could not be told/,
    );
    await server.comeBack();
    expect(await records('Stubborn', 'kept')).toEqual(['1']);
  });

  it('a device that was signed out elsewhere must say who it is', async () => {
    const one = session();
    const code = /Return code (\S+):/.exec((await one.run(line('Revoked'))) ?? '')?.[1] ?? '';
    const [file] = await readdir(join(home, 'nbpulse', '.identities'));
    const { token } = JSON.parse(await readFile(join(home, 'nbpulse', '.identities', file!), 'utf8')) as {
      token: string;
    };
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(`${server.url}/api/v1/me/device`, { method: 'DELETE', headers })).status).toBe(204);
    const two = session();
    expect(await two.run(line('Revoked'))).toMatch(/^Not connected: .*Is this you\?/);
    await two.run('send(1, "revoked")');
    expect(await two.run(line('Revoked', `, return_code="${code}"`))).toContain('Connected as Revoked');
    await hasRecords('Revoked', 'revoked', ['1']);
  });

  it('two kernels that join at once under one name are one participant', async () => {
    const both = [session(), session()];
    const said = await Promise.all(both.map((one) => one.run(line('Twin'))));
    const again = await Promise.all(both.map((one) => one.run(line('Twin'))));
    for (const words of again) expect(words).toContain('Connected as Twin to');
    expect(said.some((words) => words?.includes('Connected as Twin to'))).toBe(true);
  });

  it('an address where something else answers', async () => {
    const other = await listen({
      fetch: () => new Response('<h1>a portal</h1>', { headers: { 'content-type': 'text/html' } }),
    });
    expect(await session().run(line('Ada', '', room.lab.joinCode, other.url))).toMatch(
      /answers, but not as an nbpulse server/,
    );
    await other.goAway();
  });

  it('a server below a path', async () => {
    const below = await listen({
      fetch: (request, ...rest) => {
        const url = new URL(request.url);
        if (!url.pathname.startsWith('/teach/nbpulse/api/')) return new Response('not here', { status: 404 });
        url.pathname = url.pathname.slice('/teach/nbpulse'.length);
        return room.app.fetch(new Request(url, request), ...rest);
      },
    });
    const one = session();
    expect(await one.run(line('Path', '', room.lab.joinCode, `${below.url}/teach/nbpulse/`))).toContain(
      'Connected as Path',
    );
    await one.run('send(1, "path")');
    await hasRecords('Path', 'path', ['1']);
    await below.goAway();
  });

  const notebook = JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [] });

  it('checkpoint(path) and submit(path) send the file and give the receipt', async () => {
    const file = join(home, 'müsli lab.ipynb');
    await writeFile(file, notebook);
    const sha = createHash('sha256').update(notebook).digest('hex');
    const one = session();
    expect(await one.run(`import nbpulse; nbpulse.checkpoint(path=${JSON.stringify(file)})`)).toMatch(
      /^not sent: connect to a lab first/,
    );
    await one.run(line('Hander'));
    expect(await one.run('nbpulse.checkpoint()')).toBe(
      'not sent: say which file, as in checkpoint(path="lab.ipynb"); no notebook page with nbpulse is open',
    );
    expect(await one.run(`nbpulse.checkpoint(${JSON.stringify(file)})`)).toMatch(
      new RegExp(`^checkpoint stored: 20.* UTC, sha256 ${sha}; müsli lab.ipynb as saved on disk at \\d\\d:`),
    );
    expect(await one.run(`nbpulse.checkpoint(${JSON.stringify(file)})`)).toContain('unchanged since the last one');
    expect(
      await one.run(
        `__vsc_ipynb_file__ = ${JSON.stringify(file)}\nimport sys\nsys.modules["__main__"].__vsc_ipynb_file__ = __vsc_ipynb_file__\nnbpulse.checkpoint()`,
      ),
    ).toContain(sha);
    expect(await one.run('nbpulse.submit("nowhere.ipynb")')).toMatch(
      /^not sent: nowhere.ipynb cannot be read \(No such file/,
    );
    expect(await one.run(`nbpulse.submit(${JSON.stringify(file)}, assignment="none")`)).toMatch(/^not sent: /);
    await writeFile(file, 'no notebook');
    expect(await one.run(`nbpulse.submit(${JSON.stringify(file)})`)).toMatch(/^not sent: .*not a notebook/);
    expect(await one.run('bool(nbpulse.submit(object()))')).toBe('False');
    expect(one.stderr).toBe('');
  });

  it('submit(path) hands in the very bytes of the file and gives the receipt', async () => {
    const lab = await room.addLab('Handed in from code');
    await room.owner.post(`/courses/${room.course}/assignments`, doubling());
    await room.owner.request('PUT', `/labs/${lab.id}/assignments/doubling`);
    const file = join(home, 'lab.ipynb');
    await writeFile(file, notebook);
    const one = session();
    await one.run(line('Submitter', '', lab.joinCode));
    const said = await one.run(`nbpulse.submit(${JSON.stringify(file)}, assignment="doubling")`);
    const rows = await room.database.db.execute<{ number: string; sha256: string }>(sql`
      SELECT s.number, s.sha256 FROM submission s JOIN participant p ON p.id = s.participant_id WHERE p.name = 'Submitter'`);
    expect(rows.map((row) => row.sha256)).toEqual([createHash('sha256').update(notebook).digest('hex')]);
    expect(said).toContain(`receipt ${rows[0]?.number}, `);
  });

  it('status() without anywidget, and how it stands', async () => {
    const one = session();
    await one.run('import sys; sys.modules["anywidget"] = None; import nbpulse');
    expect(await one.run('nbpulse.status()')).toMatch(
      /^Not connected: nbpulse\.connect\(…\)\nFor a widget .*pip install "nbpulse\[widget\]"/,
    );
    await one.run(line('Status'));
    expect(await one.run('nbpulse.status()')).toContain(
      `Everything is saved\nStatus · First lab · ${new URL(server.url).host}\n`,
    );
    await server.goAway();
    await one.run('send(1, "status"); send(2, "status")');
    await until('offline', async () => (await one.run('nbpulse.status()'))?.startsWith('Offline: 2 answers wait'));
    await server.comeBack();
    await until('saved', async () => (await one.run('nbpulse.status()'))?.startsWith('Everything is saved'));
  });
});
