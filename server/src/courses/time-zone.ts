/** Why `zone` is no time zone that schedules can be kept in, or null: IANA names only, as `Europe/Zurich`. */
export function timeZoneProblem(zone: string): string | null {
  const known = Intl.supportedValuesOf('timeZone');
  if (zone === 'UTC' || known.includes(zone)) return null;
  try {
    // Links such as Asia/Calcutta are not in the list of either spelling, but are good names; offsets (+02:00) are none.
    if (/^[A-Za-z]/.test(zone) && new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone)
      return null;
  } catch {
    // Not a zone: said below.
  }
  return `"${zone.slice(0, 40)}" is not a time zone. Use an IANA name, such as Europe/Zurich or America/New_York.`;
}
