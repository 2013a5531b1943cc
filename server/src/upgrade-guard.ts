/**
 * Stands before the WebSocket library's own handling of `upgrade`, which leaves three things to the process: a socket that is reset
 * before the handshake is done emits an error that nobody hears (the process ends), a request for another protocol is never
 * answered, and one whose address is none is answered as our fault.
 */
import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { second } from '@nbpulse/schema/wire';

type OnUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** For the peer to read why. */
const lingerMs = 1 * second;

export function guardUpgrades(server: EventEmitter): void {
  const handlers = server.listeners('upgrade') as OnUpgrade[];
  server.removeAllListeners('upgrade');
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => undefined);
    const refusal = refusalOf(request);
    if (refusal !== null) {
      socket.end(
        `HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(refusal)}\r\n\r\n${refusal}`,
      );
      // Nothing else watches this socket any more: a peer that never closes its side would hold it for good.
      const cut = setTimeout(() => socket.destroy(), lingerMs);
      socket.once('close', () => clearTimeout(cut));
      return;
    }
    for (const handle of handlers) handle.call(server, request, socket, head);
  });
}

function refusalOf({ headers, url }: IncomingMessage): string | null {
  if (headers.upgrade?.toLowerCase() !== 'websocket') {
    return 'The only protocol to upgrade to here is websocket. Send the same request without the header upgrade.\n';
  }
  const host = headers.host ?? '';
  if (!/^[\w.:[\]-]+$/.test(host) || !URL.canParse(url ?? '/', `http://${host}`)) {
    return 'The address of this request is none. Look at its path and its header host.\n';
  }
  return null;
}
