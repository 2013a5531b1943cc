/** The address of an nbpulse server, as typed, as set, or as a notebook names it. */
export interface ServerAddress {
  /** `https://class.example.org/nbpulse`: no slash at the end, no query, no fragment. */
  readonly base: string;
  /** What the join form shows, so that a student sees where the name and the answers go. */
  readonly host: string;
}

export type Parsed<T> = { ok: true; value: T } | { ok: false; message: string };

/** @example parseAddress('class.example.org') // https://class.example.org */
export function parseAddress(text: string): Parsed<ServerAddress> {
  const typed = text.trim();
  if (typed === '') return { ok: false, message: 'Type the address of the server that your teacher gave you.' };
  const isLocal = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:|\/|$)/i.test(typed);
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(typed) ? typed : `${isLocal ? 'http' : 'https'}://${typed}`;
  let url: URL;
  try {
    url = new URL(withScheme);
  } catch {
    return {
      ok: false,
      message: `“${typed.slice(0, 80)}” is not a web address. It looks like https://class.example.org`,
    };
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return {
      ok: false,
      message: `The address of a server begins with https:// or http://, not with ${url.protocol}//`,
    };
  }
  if (url.username !== '' || url.password !== '') {
    return {
      ok: false,
      message: 'The address of a server contains no user name and no password. Remove the part before @.',
    };
  }
  return { ok: true, value: { base: url.origin + url.pathname.replace(/\/+$/, ''), host: url.host } };
}

export const apiUrl = (server: ServerAddress, path: string): string => `${server.base}/api/v1${path}`;
export const liveUrl = (server: ServerAddress): string => `${server.base.replace(/^http/, 'ws')}/api/v1/live`;

/**
 * True when the browser will not let this page talk to the server: an https page may not call an http server, unless
 * it is this computer. Then the kernel's own pipe carries records, and the panel says so.
 */
export function isBlockedFrom(pageProtocol: string, server: ServerAddress): boolean {
  const { protocol, hostname } = new URL(server.base);
  const isLoopback = hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
  return pageProtocol === 'https:' && protocol === 'http:' && !isLoopback;
}
