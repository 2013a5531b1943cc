/**
 * Where a nursery brings the three streams of a child to: a listener in a private folder. A connection says by its first
 * line which it is; one that nobody waits for is closed. Only a nursery reaches it: its children no longer have the folder.
 */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

const mostLineBytes = 200;

export interface Door {
  /** @param line what the connection will say first, without the end of the line. */
  expect(line: string): { socket: Promise<Socket>; forget(): void };
  close(): Promise<void>;
}

/** @param path short: a socket's address holds 107 bytes. */
export async function openDoor(path: string): Promise<Door> {
  const waiting = new Map<string, (socket: Socket) => void>();
  const server: Server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
    // A child that ended first may have reset it; its exit tells the story.
    socket.on('error', () => undefined);
    readLine(socket, (line) => {
      const take = waiting.get(line);
      waiting.delete(line);
      if (take) take(socket);
      else socket.destroy();
    });
  });
  server.listen(path);
  await once(server, 'listening');
  return {
    expect: (line) => ({
      socket: new Promise((resolve) => waiting.set(line, resolve)),
      forget: () => void waiting.delete(line),
    }),
    close: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

/** Gives the first line and stops reading; what came after it stays to be read. */
function readLine(socket: Socket, onLine: (line: string) => void): void {
  let begun = Buffer.alloc(0);
  const onData = (chunk: Buffer): void => {
    begun = Buffer.concat([begun, chunk]);
    const end = begun.indexOf('\n');
    if (end < 0 && begun.length < mostLineBytes) return;
    socket.pause();
    socket.off('data', onData);
    if (end >= 0 && end + 1 < begun.length) socket.unshift(begun.subarray(end + 1));
    onLine(begun.subarray(0, Math.max(end, 0)).toString('latin1'));
  };
  socket.on('data', onData);
  socket.resume();
}
