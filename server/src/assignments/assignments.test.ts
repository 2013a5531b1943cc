import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { meView, problem, type AssignmentPush } from '@nbpulse/schema/wire';
import { useClassroom } from '../../test/classroom.js';
import { doubling, notebook } from '../../test/course-work.js';
import { readAssignmentFolder } from './index.js';
import { parseManifest } from './manifest.js';

const room = useClassroom();
const push = (body: unknown, staff = room.owner) => staff.post(`/courses/${room.course}/assignments`, body);

describe('a push', () => {
  it('makes versions 1, 2, 3; the same content again makes none', async () => {
    expect(await (await push(doubling())).json()).toMatchObject({ slug: 'doubling', version: 1, unchanged: false });
    expect(await (await push(doubling())).json()).toMatchObject({ version: 1, unchanged: true });
    expect(await (await push(doubling({ points: 5 }))).json()).toMatchObject({ version: 2, unchanged: false });
    expect(await (await push(doubling())).json()).toMatchObject({ version: 3, unchanged: false });
    const list = await (await room.owner.get(`/courses/${room.course}/assignments`)).json();
    expect(list).toMatchObject({
      assignments: [{ slug: 'doubling', title: 'Doubling', points: 3, version: 3, labs: [] }],
    });
  });

  it('by two at once gives each a number of its own', async () => {
    const replies = await Promise.all([1, 2, 3, 4].map((points) => push(doubling({ slug: 'race', points }))));
    const versions = await Promise.all(
      replies.map(async (reply) => ((await reply.json()) as { version: number }).version),
    );
    expect(versions.sort()).toEqual([1, 2, 3, 4]);
  });

  it('says everything that is wrong with it', async () => {
    const broken: AssignmentPush = {
      manifest: {
        ...doubling().manifest,
        slug: 'broken',
        solution: 'solution.ipynb',
        tests: ['tests', 'check.txt'],
        data: ['data/'],
      },
      files: [
        { path: 'template.ipynb', b64: Buffer.from('{"cells": []}').toString('base64') },
        { path: 'tests/readme.md', b64: '' },
        { path: 'check.txt', b64: '' },
      ],
    };
    const response = await push(broken);
    expect(response.status).toBe(422);
    const { message } = problem.parse(await response.json());
    expect(message).toContain('template: template.ipynb: This file is JSON, but not a notebook');
    expect(message).toContain('solution: there is no file solution.ipynb');
    expect(message).toContain('tests: the folder tests has no Python file');
    expect(message).toContain('tests: check.txt is no Python file');
    expect(message).toContain('data: there is no file or folder data/');
  });

  it('refuses paths that lead out of the folder', async () => {
    for (const path of ['../secret.py', '/etc/passwd', 'tests/../../x.py', 'a\\b.py', './x.py']) {
      const { manifest, files } = doubling();
      const response = await push({ manifest, files: [...files, { path, b64: '' }] });
      expect([path, response.status]).toEqual([path, 400]);
    }
  });

  it('is for teachers', async () => {
    expect((await push(doubling(), await room.addStaff('assistant'))).status).toBe(403);
    expect((await push(doubling(), await room.addStaff('teacher'))).status).toBe(200);
  });
});

describe('a lab', () => {
  it('links and unlinks assignments; its participants see what can be handed in', async () => {
    await push(doubling({ slug: 'linked', dueAt: '2030-01-01T00:00:00Z' }));
    const ada = await room.join('Ada');
    const path = `/labs/${room.lab.id}/assignments/linked`;
    expect((await room.owner.request('PUT', path)).status).toBe(204);
    expect((await room.owner.request('PUT', path)).status).toBe(204);
    const seen = meView.parse(await (await ada.get('/me')).json());
    expect(seen.lab.assignments).toEqual([
      { slug: 'linked', title: 'Doubling', points: 3, dueAt: '2030-01-01T00:00:00Z', visibleTests: null },
    ]);
    expect((await room.owner.request('DELETE', path)).status).toBe(204);
    expect(meView.parse(await (await ada.get('/me')).json()).lab.assignments).toEqual([]);
    const missing = await room.owner.request('PUT', `/labs/${room.lab.id}/assignments/nothing`);
    expect(missing.status).toBe(404);
    expect(problem.parse(await missing.json()).message).toContain('npx nbpulse assignment push');
  });
});

describe('assignment.yaml', () => {
  it('is read with defaults', () => {
    expect(parseManifest('slug: primes\ntitle: Primes\n')).toMatchObject({
      ok: true,
      value: { slug: 'primes', template: 'template.ipynb', tests: ['tests'], points: 10, showHiddenMessages: false },
    });
  });

  it.each([
    ['slug: [', 'assignment.yaml:'],
    ['- a\n- b\n', 'must be a mapping'],
    ['slug: Has Spaces\ntitle: x\n', 'slug: lower-case letters'],
    ['slug: a\nslug: b\ntitle: x\n', 'unique'],
    ['slug: a\ntitle: x\npionts: 3\n', 'pionts'],
    ['slug: a\ntitle: &t x\nmodule: *t\n', 'aliases'],
    ['slug: a\ntitle: x\ndueAt: tomorrow\n', 'dueAt'],
    ['slug: a\ntitle: x\nlimits: {wallMs: 1}\n', 'limits.wallMs'],
    ['!!js/function "x"', 'assignment.yaml'],
  ])('with a mistake is refused in words: %j', (text, words) => {
    const parsed = parseManifest(text);
    expect(parsed.ok ? 'taken' : parsed.problems.join('\n')).toContain(words);
  });
});

describe('an assignment’s folder', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nbpulse-assignment-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const write = async (name: string, files: Record<string, string | Uint8Array>): Promise<string> => {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(join(folder, name, path, '..'), { recursive: true });
      await writeFile(join(folder, name, path), content);
    }
    return join(folder, name);
  };
  const good = {
    'assignment.yaml': 'slug: folder\ntitle: A folder\ndata: [data]\n',
    'template.ipynb': notebook(['1']),
    'tests/test_one.py': 'def test_one(): pass\n',
    'tests/__pycache__/test_one.pyc': 'left behind',
    'data/points.csv': 'x,y\n',
    'requirements.txt': 'numpy\n',
    'secret-notes.txt': 'not named',
  };

  it('is read by what its manifest names, and nothing else', async () => {
    const read = await readAssignmentFolder(await write('good', good));
    expect(read.ok && read.value.files.map((file) => file.path)).toEqual([
      'data/points.csv',
      'requirements.txt',
      'template.ipynb',
      'tests/test_one.py',
    ]);
    expect((await push(read.ok ? read.value : null)).status).toBe(200);
  });

  it('has no symbolic links, in no step of a path', async () => {
    const path = await write('linked', good);
    await symlink('/etc/hostname', join(path, 'tests', 'test_link.py'));
    const file = await readAssignmentFolder(path);
    expect(file.ok ? '' : file.problems.join()).toContain('tests/test_link.py is a symbolic link');
    const other = await write('linked-folder', {
      ...good,
      'assignment.yaml': 'slug: a\ntitle: x\ntests: [more/tests]\n',
    });
    await symlink(join(folder, 'good'), join(other, 'more'));
    const inside = await readAssignmentFolder(other);
    expect(inside.ok ? '' : inside.problems.join()).toContain('more is a symbolic link');
  });

  it('stays inside, and within its size', async () => {
    const outside = await readAssignmentFolder(
      await write('outside', { ...good, 'assignment.yaml': 'slug: a\ntitle: x\ndata: [../good]\n' }),
    );
    expect(outside.ok ? '' : outside.problems.join()).toContain('must be inside the folder');
    const large = await readAssignmentFolder(
      await write('large', { ...good, 'data/large.bin': new Uint8Array(21 * 1024 * 1024) }),
    );
    expect(large.ok ? '' : large.problems.join()).toContain('more than 20 MiB together');
    const none = await readAssignmentFolder(join(folder, 'nowhere'));
    expect(none.ok ? '' : none.problems.join()).toContain('There is no assignment.yaml');
  });
});
