/** Moments of ISO 8601 text, by instant: `2026-07-01T11:05:00.000000000+02:00` and `2026-07-01T09:05:00+00:00` are one. */
const iso = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2}))?(?:\.(\d+))?)?(Z|[+-]\d{2}:\d{2})?$/;

/** Without a zone it stays without; what is no such text (`NaT`, years past 9999) stays as it is. */
export function moment(text: string): string {
  const parts = iso.exec(text);
  if (!parts) return text;
  const [, day = '', minutes = '00:00', seconds = '00', digits = '', zone] = parts;
  const at = Date.parse(`${day}T${minutes}:${seconds}${zone ?? 'Z'}`);
  if (Number.isNaN(at)) return text;
  const fraction = digits.replace(/0+$/, '');
  return `${new Date(at).toISOString().slice(0, 19)}${fraction === '' ? '' : `.${fraction}`}${zone === undefined ? '' : 'Z'}`;
}
