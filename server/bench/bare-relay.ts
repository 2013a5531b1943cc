/**
 * The baseline of `bench:live`: the same sender and the same kind of page with nothing between but a socket relay: no validation,
 * no database, no grid. What is left above it is ours.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from '@playwright/test';
import WebSocket, { WebSocketServer } from 'ws';
import { addPaintClock, readPaintClock, type Painted } from './paint-clock.js';

const html = `<!doctype html><title>relay</title><p id="text">waiting</p><script>
  const socket = new WebSocket(location.href.replace('http', 'ws'));
  socket.onmessage = (event) => requestAnimationFrame(() => { document.getElementById('text').textContent = event.data; });
</script>`;

export async function measureBareRelay(browser: Browser, messages: number, everyMs: number): Promise<Painted[]> {
  const http = createServer((_, reply) => reply.setHeader('content-type', 'text/html').end(html));
  const relay = new WebSocketServer({ server: http });
  relay.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => {
      for (const other of relay.clients) if (other !== socket) other.send(data.toString());
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  const page = await browser.newPage();
  const sender = new WebSocket(`ws://127.0.0.1:${port}`);
  const opened = new Promise((resolve, reject) => sender.once('open', resolve).once('error', reject));
  try {
    await addPaintClock(page);
    await page.goto(`http://127.0.0.1:${port}/`);
    await opened;
    for (let sent = 0; sent < messages; sent++) {
      sender.send((performance.timeOrigin + performance.now()).toFixed(3));
      await sleep(everyMs);
    }
    await sleep(500);
    return await readPaintClock(page);
  } finally {
    sender.terminate();
    await page.close();
    for (const client of relay.clients) client.terminate();
    relay.close();
    http.close();
  }
}
