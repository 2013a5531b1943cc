import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { copyExamples, stampNotebook } from './examples.mjs';
import { temporaryFolder } from './testing.mjs';

const stamp = { server: 'http://127.0.0.1:8420', lab: '0190b2c4-0000-7000-8000-000000000001', joinCode: 'KMNS-42QX' };

describe('the example notebooks', () => {
  it('are told server, lab and join code; nothing else in them changes', (test) => {
    const path = join(temporaryFolder(test), 'lab.ipynb');
    const notebook = {
      cells: [{ cell_type: 'code', source: ['1'] }],
      metadata: { kernelspec: { name: 'python3' } },
      nbformat: 4,
      nbformat_minor: 5,
    };
    writeFileSync(path, JSON.stringify(notebook));
    stampNotebook(path, stamp);
    assert.deepEqual(JSON.parse(readFileSync(path, 'utf8')), {
      ...notebook,
      metadata: { ...notebook.metadata, nbpulse: stamp },
    });
  });

  it('that a student damaged are left as they are', (test) => {
    const path = join(temporaryFolder(test), 'lab.ipynb');
    writeFileSync(path, '{"cells": [');
    stampNotebook(path, stamp);
    assert.equal(readFileSync(path, 'utf8'), '{"cells": [');
  });

  it('come without tests and solutions, and a later start keeps what the student wrote', (test) => {
    const folder = temporaryFolder(test);
    assert.equal(copyExamples(folder, stamp), 'hello-send/lab.ipynb');
    assert.ok(existsSync(join(folder, 'graded-assignment')));
    assert.ok(!existsSync(join(folder, 'graded-assignment/tests')));
    assert.ok(!existsSync(join(folder, 'graded-assignment/assignment.yaml')));

    const path = join(folder, 'hello-send/lab.ipynb');
    const work = JSON.parse(readFileSync(path, 'utf8'));
    work.cells[0].source = ['mine'];
    writeFileSync(path, JSON.stringify(work));
    copyExamples(folder, { ...stamp, server: 'http://127.0.0.1:9999' });
    const later = JSON.parse(readFileSync(path, 'utf8'));
    assert.deepEqual(later.cells[0].source, ['mine']);
    assert.equal(later.metadata.nbpulse.server, 'http://127.0.0.1:9999');
  });
});
