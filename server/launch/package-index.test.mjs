import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { packageIndex, readSections } from './package-index.mjs';

describe("pip's configuration", () => {
  it('is read from [global] and [install], with values over several lines', () => {
    const text = `# a comment
[global]
index-url = https://pypi.example.org/simple
extra_index_url =
    https://one.example.org/simple
    https://two.example.org/simple
[install]
find-links = /wheels
[freeze]
timeout = 10
`;
    assert.deepEqual(Object.fromEntries(readSections(text)), {
      'index-url': 'https://pypi.example.org/simple',
      'extra-index-url': 'https://one.example.org/simple https://two.example.org/simple',
      'find-links': '/wheels',
    });
  });

  it('is told to uv, which does not read it', () => {
    const pip = new Map([
      ['index-url', 'https://pypi.example.org/simple'],
      ['extra-index-url', 'https://one.example.org/simple https://two.example.org/simple'],
      ['trusted-host', 'pypi.example.org'],
      ['proxy', 'http://proxy.example.org:3128'],
    ]);
    const { indexes, forUv } = packageIndex(pip);
    assert.deepEqual(indexes, [
      'https://pypi.example.org/simple',
      'https://one.example.org/simple',
      'https://two.example.org/simple',
    ]);
    assert.equal(forUv.UV_DEFAULT_INDEX, 'https://pypi.example.org/simple');
    assert.equal(forUv.UV_INDEX, 'https://one.example.org/simple https://two.example.org/simple');
    assert.equal(forUv.UV_INSECURE_HOST, 'pypi.example.org');
    assert.equal(forUv.HTTPS_PROXY, process.env.HTTPS_PROXY ? undefined : 'http://proxy.example.org:3128');
  });

  it('that says nothing leaves the public index', () => {
    const { indexes, forUv } = packageIndex(new Map());
    assert.deepEqual(indexes, [process.env.UV_DEFAULT_INDEX ?? 'https://pypi.org/simple']);
    assert.equal(forUv.UV_DEFAULT_INDEX, undefined);
    assert.equal(forUv.UV_INDEX, undefined);
  });
});
