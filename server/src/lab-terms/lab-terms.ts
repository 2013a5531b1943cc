/** What a lab promises its participants – what is collected, what they may delete, when all of it goes – read from its row. */
import type { lab } from '@nbpulse/schema/db';
import { defaultLabSettings, labSettings, type LabSettings } from '@nbpulse/schema/wire';

/** The row holds what differs from the defaults. */
export function labSettingsOf(row: Pick<typeof lab.$inferSelect, 'settings'>): LabSettings {
  return { ...defaultLabSettings, ...labSettings.partial().parse(row.settings) };
}

/** When its records, notebooks and names go; null as long as nobody has closed it or chosen a day. */
export function eraseAtOf(
  row: Pick<typeof lab.$inferSelect, 'eraseAt' | 'closedAt' | 'status' | 'retentionMonths'>,
): Date | null {
  if (row.eraseAt) return row.eraseAt;
  if (!row.closedAt || row.status !== 'closed') return null;
  const at = new Date(row.closedAt);
  const day = at.getUTCDate();
  at.setUTCMonth(at.getUTCMonth() + row.retentionMonths);
  // 31 January and one month: the last of February, not the third of March.
  if (at.getUTCDate() !== day) at.setUTCDate(0);
  return at;
}

/** What participants are told, before and after they join. */
export function labTermsOf(row: typeof lab.$inferSelect): {
  eraseAt: string | null;
  activity: boolean;
  mayDelete: boolean;
} {
  const { activity, mayDelete } = labSettingsOf(row);
  return { eraseAt: eraseAtOf(row)?.toISOString() ?? null, activity, mayDelete };
}
