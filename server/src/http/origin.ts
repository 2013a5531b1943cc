/**
 * Whether a request with a cookie comes from our own pages. Browsers send `Origin` with every upgrade and every request that
 * changes something; a program that has the cookie and sends none is no browser, so nobody is tricked.
 */
export function isOwnOrigin(headers: Headers, publicUrl: string | null): boolean {
  const origin = headers.get('origin');
  if (origin === null) {
    const site = headers.get('sec-fetch-site');
    return site === null || site === 'same-origin' || site === 'none';
  }
  if (publicUrl !== null && origin === new URL(publicUrl).origin) return true;
  // The host that the browser itself named: another site's page cannot change it.
  return URL.canParse(origin) && new URL(origin).host === headers.get('host');
}
