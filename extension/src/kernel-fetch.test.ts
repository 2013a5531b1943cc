import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { fetchThrough, requestExpression, responseOf } from './kernel-fetch.js';
import type { KernelPort } from './kernel-port.js';

const run = promisify(execFile);

/** What a kernel does with `user_expressions`, by a real Python. */
async function evaluate(expression: string): Promise<string> {
  const script = 'import sys\nprint(repr(eval(sys.argv[1], {})))';
  return (await run('python3', ['-I', '-c', script, expression], { maxBuffer: 64 * 1024 * 1024 })).stdout.trim();
}

let server: Server;
let base: string;
const heard: {
  method: string | undefined;
  url: string | undefined;
  authorization: string | undefined;
  body: Buffer;
}[] = [];
beforeEach(async () => {
  heard.length = 0;
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { method, url, headers } = request;
      heard.push({ method, url, authorization: headers.authorization, body: Buffer.concat(parts) });
      if (url === '/away') response.writeHead(302, { location: `${base}/elsewhere` }).end();
      else if (url === '/none') response.writeHead(204).end();
      else
        response
          .writeHead(url === '/taken' ? 409 : 200, { 'content-type': 'application/json' })
          .end('{"said":"Grüße 🎓"}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const kernel = (language = 'python', status = 'idle'): KernelPort =>
  ({
    isDisposed: false,
    status,
    spec: Promise.resolve({ language }),
    requestExecute: (content: { user_expressions: { reply: string } }) => ({
      done: evaluate(content.user_expressions.reply).then(
        (repr) => ({
          content: { status: 'ok', user_expressions: { reply: { status: 'ok', data: { 'text/plain': repr } } } },
        }),
        () => ({ content: { status: 'ok', user_expressions: { reply: { status: 'error', ename: 'URLError' } } } }),
      ),
    }),
  }) as unknown as KernelPort;

describe('fetch by way of the kernel', () => {
  it('carries method, headers and bytes, and brings status and text back', async () => {
    const through = fetchThrough(() => [kernel()]);
    const bytes = Uint8Array.from({ length: 3_000 }, (_, i) => i % 256);
    const reply = await through(`${base}/taken`, {
      method: 'POST',
      headers: { authorization: 'Bearer t' },
      body: bytes,
    });
    expect([reply.status, await reply.json()]).toEqual([409, { said: 'Grüße 🎓' }]);
    expect(heard[0]).toMatchObject({ method: 'POST', authorization: 'Bearer t' });
    expect(heard[0]?.body.equals(Buffer.from(bytes))).toBe(true);
  });

  it('understands an answer without a body', async () => {
    expect(responseOf(await evaluate(requestExpression('HEAD', `${base}/none`, {}, null))).status).toBe(204);
  });

  it('does not follow a redirect, which could carry the token elsewhere', async () => {
    const through = fetchThrough(() => [kernel()]);
    const reply = await through(`${base}/away`, { headers: { authorization: 'Bearer t' } });
    expect(reply.status).toBe(302);
    expect(heard.map(({ url }) => url)).toEqual(['/away']);
  });

  it('rejects, as fetch does, when the server is away or no Python kernel runs', async () => {
    await expect(fetchThrough(() => [])(base)).rejects.toThrow(TypeError);
    await expect(fetchThrough(() => [kernel('R')])(base)).rejects.toThrow(TypeError);
    await expect(fetchThrough(() => [kernel()])('http://127.0.0.1:1/')).rejects.toThrow(TypeError);
  });
});
