/**
 * How this browser proves whose page it shows.
 *
 * The token lives in `sessionStorage`: it survives a reload, and it goes with the tab. Students open this page on phones and on
 * the school's computers; nothing may be left there for who comes next (as `localStorage` would), and memory alone would lose the
 * page with each reload, while the link that opened it works once. `Leave` ends it on the server, too.
 *
 * The code of a link stands in the fragment, which no server, proxy or referrer sees. It is taken out of the address bar before
 * anything is drawn or asked, so that it is in no history, bookmark or picture of the screen.
 */
const key = 'nbpulse-own-page';

/** Takes the code out of the address bar; null when there is none. */
export function takeCode(): string | null {
  const code = new URLSearchParams(location.hash.slice(1)).get('code');
  if (location.hash !== '') history.replaceState(null, '', location.pathname + location.search);
  return code === null || code === '' ? null : code;
}

/** In memory, too: a browser may forbid storage. */
let kept: string | null = null;

export function keptToken(): string | null {
  try {
    return sessionStorage.getItem(key) ?? kept;
  } catch {
    return kept;
  }
}
export function keepToken(token: string): void {
  kept = token;
  try {
    sessionStorage.setItem(key, token);
  } catch {
    // It holds until the page is closed.
  }
}
export function forgetToken(): void {
  kept = null;
  try {
    sessionStorage.removeItem(key);
  } catch {
    // It was in memory only.
  }
}
