import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { help, readOptions } from './options.mjs';

describe('the options of npm start', () => {
  it('have defaults that ask nothing', () => {
    const options = readOptions([]);
    assert.equal(options.publicUrl, `http://127.0.0.1:${options.port}`);
    assert.equal(options.host, '127.0.0.1');
    assert.ok(options.notebook && options.grading && !options.demo);
  });

  it('are all in the help', () => {
    for (const name of [
      'port',
      'host',
      'public-url',
      'tls-cert',
      'tls-key',
      'data',
      'jupyter-port',
      'no-notebook',
      'no-grading',
      'demo',
      'pg-bin',
      'help',
    ]) {
      assert.match(help, new RegExp(`^ {2}--${name}\\b`, 'm'));
    }
  });

  it('keep a sub-path of the public address, without its last slash', () => {
    assert.equal(
      readOptions(['--public-url', 'https://example.org/nbpulse/']).publicUrl,
      'https://example.org/nbpulse',
    );
  });

  const wrong = /** @type {const} */ ([
    [['--prot', '1'], /Unknown option '--prot'/],
    [['--port'], /argument missing/],
    [['--port', 'http'], /--port http is not a port/],
    [['--port', '0'], /--port 0 is not a port/],
    [['--port', '8421'], /both 8421/],
    [['--public-url', 'example.org'], /--public-url example\.org is not an address/],
    [['--tls-cert', 'a.pem'], /belong together/],
    [['--tls-cert', '/no/cert.pem', '--tls-key', '/no/key.pem'], /--tls-cert \/no\/cert\.pem cannot be read/],
    [['lab'], /Unexpected argument 'lab'/],
  ]);
  for (const [args, message] of wrong) {
    it(`refuse ${args.join(' ')} with a cure`, () => {
      assert.throws(
        () => readOptions([...args]),
        (/** @type {any} */ error) =>
          message.test(error.message) && error.name === 'LaunchProblem' && error.cure.length > 0,
      );
    });
  }
});
