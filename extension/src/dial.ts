/** A text socket, as small as the uplink needs it: the browser's WebSocket, and the tests' hand-flushed pair. */
export interface Line {
  send(text: string): void;
  close(): void;
}
export interface LineEvents {
  opened(): void;
  text(text: string): void;
  /** Once, whether it failed to open or ended later. */
  closed(): void;
}
export type Dial = (url: string, events: LineEvents) => Line;

export const dialWebSocket: Dial = (url, events) => {
  const socket = new WebSocket(url);
  socket.onopen = () => events.opened();
  socket.onmessage = (message) => {
    if (typeof message.data === 'string') events.text(message.data);
  };
  socket.onclose = () => events.closed();
  return {
    send: (text) => socket.send(text),
    close: () => socket.close(),
  };
};
