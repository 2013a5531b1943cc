import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { explain } from './problem.mjs';
import { refuseTakenPort } from './ports.mjs';
import { freePort } from './testing.mjs';

describe('a taken port', () => {
  it('is named with its holder and the option', async (test) => {
    const server = createServer();
    const port = await new Promise((settle) =>
      server.listen(0, '127.0.0.1', () => settle(/** @type {any} */ (server.address()).port)),
    );
    test.after(() => server.close());
    await assert.rejects(refuseTakenPort('--port', '127.0.0.1', port), (error) => {
      const text = explain(error);
      assert.match(text, new RegExp(`^Port ${port} is taken by .*node.* \\(process ${process.pid}\\)`));
      assert.match(text, new RegExp(`npm start -- --port \\d+, or stop it: kill ${process.pid}`));
      return true;
    });
  });

  it('that is free is no error', async () => {
    await refuseTakenPort('--port', '127.0.0.1', await freePort());
  });

  it('on an address that is not ours says so', async () => {
    await assert.rejects(refuseTakenPort('--port', '192.0.2.1', await freePort()), /192\.0\.2\.1.*cannot be used/);
  });
});
