/** Where whoever asked has reached us: what the notebook then sends to. */

const hostText = /^(?:[a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i;

/**
 * With a slash at the end. The proxy's `X-Forwarded-*` count first (of several the first, as the outermost wrote it), then the
 * host that the caller named; what is no host name is passed over.
 * @param basePath the path below which the server stands, `/` or `/nbpulse/`
 */
export function ownAddress(request: Request, publicUrl: string, basePath: string): string {
  const first = (name: string): string => request.headers.get(name)?.split(',')[0]?.trim() ?? '';
  const known = new URL(publicUrl);
  const host = [first('x-forwarded-host'), first('host')].find((text) => hostText.test(text)) ?? known.host;
  const forwarded = first('x-forwarded-proto').toLowerCase();
  const scheme =
    forwarded === 'https' || forwarded === 'http'
      ? forwarded
      : host === known.host
        ? known.protocol.slice(0, -1)
        : new URL(request.url).protocol.slice(0, -1);
  return `${scheme}://${host}${basePath}`;
}
