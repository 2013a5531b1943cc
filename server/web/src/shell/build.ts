/** Which build of the pages this is, and whether the server has another one by now. The entry's name holds a hash of all that it loads. */
const entryOf = (page: Document): string | null =>
  page.querySelector('script[type="module"][src]')?.getAttribute('src') ?? null;

/** False as well when the server does not say: what is not known is no reason to disturb anybody. */
export async function isOutdated(): Promise<boolean> {
  const own = entryOf(document);
  try {
    const response = await fetch(document.baseURI, { cache: 'no-store' });
    if (!response.ok) return false;
    const served = entryOf(new DOMParser().parseFromString(await response.text(), 'text/html'));
    return own !== null && served !== null && served !== own;
  } catch {
    return false;
  }
}

/** A part of the pages that is loaded late went with an update: the page at this address is loaded anew, from the newer build. */
export function reloadWhenPartsAreGone(): void {
  addEventListener('vite:preloadError', () => {
    void isOutdated().then((is) => {
      if (is) location.reload();
    });
  });
}
