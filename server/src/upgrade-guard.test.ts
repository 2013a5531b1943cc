import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { guardUpgrades } from './upgrade-guard.js';

it('says why an upgrade is refused, and lets go of a peer that never closes its side', async () => {
  const server = createServer();
  guardUpgrades(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const gone = once(server, 'connection').then(([socket]) => once(socket as NodeJS.EventEmitter, 'close'));
  const { port } = server.address() as AddressInfo;
  const peer = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let heard = '';
  peer.on('data', (bytes) => (heard += bytes.toString()));
  peer.write('GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n');
  await gone;
  expect(heard).toContain('The only protocol to upgrade to here is websocket.');
  peer.destroy();
  server.close();
});
