/** The live socket's address, and what ties a session to a real WebSocket. */
import { upgradeWebSocket } from '@hono/node-server';
import type { Context, MiddlewareHandler } from 'hono';
import { WebSocket } from 'ws';
import { second } from '@nbpulse/schema/wire';
import { closeCodes, Session, type SessionDeps } from './session.js';

/** Dead connections (a lid closed, a cable pulled) are found by pings that nobody answers. */
const pingEveryMs = 30 * second;

export interface SocketDeps extends Omit<SessionDeps, 'staff'> {
  /** Who of staff has the cookie of this upgrade; refuses sockets that pages of other sites opened. */
  staff: (headers: Headers, labId: string) => ReturnType<SessionDeps['staff']>;
}
export interface LiveSockets {
  upgrade: MiddlewareHandler;
  /** Tells all that the server stops. */
  close(): void;
}

export function liveSockets(deps: SocketDeps): LiveSockets {
  const open = new Map<Session, { socket: WebSocket; answered: boolean }>();
  let stopping = false;
  const pings = setInterval(() => {
    for (const connection of open.values()) {
      if (!connection.answered) connection.socket.terminate();
      connection.answered = false;
      connection.socket.ping();
    }
  }, pingEveryMs);
  pings.unref();

  const upgrade = upgradeWebSocket((context: Context) => {
    const headers = new Headers(context.req.raw.headers);
    let ended: () => void = () => undefined;
    return {
      onOpen(_event, context) {
        const socket = context.raw;
        if (!(socket instanceof WebSocket)) throw new Error('the live socket needs the ws package');
        const connection = { socket, answered: true };
        const session = new Session(
          {
            send: (text) => socket.send(text),
            close: (code, reason) => socket.close(code, reason),
            bufferedBytes: () => socket.bufferedAmount,
          },
          { ...deps, staff: (labId) => deps.staff(headers, labId) },
        );
        open.set(session, connection);
        ended = () => {
          open.delete(session);
          session.closed();
        };
        // Straight from ws: an event object for each message of a thousand sockets costs more than reading the message does.
        socket.on('message', (data: Buffer, isBinary: boolean) => {
          if (isBinary) session.refuse(closeCodes.badMessage, 'Messages on this socket are text, not binary.');
          else session.receive(data.toString());
        });
        socket.on('pong', () => (connection.answered = true));
        // A message over the limit, or bytes that are no frame: ws closes the socket by itself.
        socket.on('error', () => undefined);
        if (stopping) session.goAway();
      },
      onClose: () => ended(),
    };
  });

  return {
    upgrade,
    close() {
      stopping = true;
      clearInterval(pings);
      for (const session of open.keys()) session.goAway();
    },
  };
}
