/** Where the own page's values come from: files are fetched with the token and become addresses of this tab. */
import type { ValueSource } from '../values/value-source.js';
import type { OwnApi } from './own-api.js';

/** Pictures of a long list are many; those that were shown longest ago are let go and fetched again when needed. */
const mostPictures = 200;

export function ownSource(api: OwnApi): ValueSource & { close: () => void } {
  const pictures = new Map<string, Promise<string | null>>();
  const forget = (sha256: string): void => {
    void pictures.get(sha256)?.then((url) => {
      if (url !== null) URL.revokeObjectURL(url);
    });
    pictures.delete(sha256);
  };
  return {
    readRecord: (record) => api.record(record),
    pictureUrl(sha256) {
      const known = pictures.get(sha256);
      if (known) return known;
      const oldest = pictures.keys().next().value;
      if (pictures.size >= mostPictures && oldest !== undefined) forget(oldest);
      const asked = api.picture(sha256).then((answer) => {
        if (answer.ok) return URL.createObjectURL(answer.value);
        pictures.delete(sha256);
        return null;
      });
      pictures.set(sha256, asked);
      return asked;
    },
    renderUrl: (record) => api.frame(record).then((answer) => (answer.ok ? answer.value.url : null)),
    close() {
      for (const sha256 of [...pictures.keys()]) forget(sha256);
    },
  };
}
