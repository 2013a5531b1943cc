import { createHash } from 'node:crypto';
import { isBlockedFrom, liveUrl, parseAddress } from './address.js';
import { sha256Hex, toBase64 } from './binary.js';
import { readLink, serverOf } from './notebook-link.js';

describe('the link in a notebook’s metadata', () => {
  it('is read', () => {
    const metadata = {
      server: 'https://class.example.org',
      lab: '11111111-1111-4111-8111-111111111111',
      assignment: 'primes',
    };
    expect(readLink(metadata)).toEqual({ ok: true, value: metadata });
  });

  it('may be absent', () => {
    expect(readLink(undefined)).toEqual({ ok: true, value: {} });
  });

  it.each([['text'], [{ lab: 'lab-4' }], [{ server: 3 }], [{ assignment: 'Not A Slug' }]])(
    'that can’t be read says so: %j',
    (metadata) => {
      const read = readLink(metadata);
      expect(read.ok).toBe(false);
      expect(!read.ok && read.message).toContain('Type the server and the join code');
    },
  );
});

describe('which server', () => {
  const link = { server: 'https://notebook.example.org' };
  it.each([
    ['https://settings.example.org', 'https://environment.example.org', 'https://settings.example.org'],
    ['', 'https://environment.example.org', 'https://notebook.example.org'],
    ['not an address at all', '', 'https://notebook.example.org'],
  ])('settings %j, environment %j: %s', (settings, environment, expected) => {
    expect(serverOf({ settings, link, environment })?.base).toBe(expected);
  });
  it('comes from the environment last, or is asked for', () => {
    expect(serverOf({ settings: '', link: {}, environment: 'http://127.0.0.1:8080/' })?.base).toBe(
      'http://127.0.0.1:8080',
    );
    expect(serverOf({ settings: '', link: {}, environment: '' })).toBeNull();
  });
});

describe('a server’s address', () => {
  it.each([
    ['class.example.org', 'https://class.example.org'],
    ['localhost:8080', 'http://localhost:8080'],
    ['https://hub.example.org/nbpulse/', 'https://hub.example.org/nbpulse'],
    [' http://10.0.0.5:8080/?x=1#y ', 'http://10.0.0.5:8080'],
  ])('%j is %s', (typed, base) => {
    const parsed = parseAddress(typed);
    expect(parsed.ok && parsed.value.base).toBe(base);
  });

  it.each(['', 'javascript://alert(1)', 'https://ada:secret@class.example.org', 'http://'])(
    '%j is explained',
    (typed) => {
      const parsed = parseAddress(typed);
      expect(parsed.ok).toBe(false);
      expect(!parsed.ok && parsed.message).not.toContain('secret');
    },
  );

  it('under a sub-path keeps it for the socket', () => {
    const parsed = parseAddress('https://hub.example.org/nbpulse');
    expect(parsed.ok && liveUrl(parsed.value)).toBe('wss://hub.example.org/nbpulse/api/v1/live');
  });

  it.each([
    ['https:', 'http://10.0.0.5', true],
    ['https:', 'http://127.0.0.1:8080', false],
    ['https:', 'https://class.example.org', false],
    ['http:', 'http://10.0.0.5', false],
  ])('from an %s page, %s is blocked: %s', (page, base, isBlocked) => {
    expect(isBlockedFrom(page, { base, host: '' })).toBe(isBlocked);
  });
});

describe('bytes', () => {
  it.each([0, 1, 55, 56, 63, 64, 65, 1_000, 70_000])(
    'of %i have their sha256 with and without a secure context',
    async (length) => {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 31) % 256);
      const expected = createHash('sha256').update(bytes).digest('hex');
      expect(await sha256Hex(bytes)).toBe(expected);
      // As on a page served by http from another computer.
      expect(await sha256Hex(bytes, null)).toBe(expected);
    },
  );

  it('become base64, views and large ones too', () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => i % 256);
    expect(toBase64(bytes.buffer)).toBe(Buffer.from(bytes).toString('base64'));
    expect(toBase64(bytes.subarray(5, 9))).toBe(Buffer.from(bytes.subarray(5, 9)).toString('base64'));
  });
});
