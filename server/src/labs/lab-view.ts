import type { lab } from '@nbpulse/schema/db';
import type { LabView } from '@nbpulse/schema/wire';
import { eraseAtOf, labSettingsOf } from '../lab-terms/index.js';

export type LabRow = typeof lab.$inferSelect;

export function labView(row: LabRow): LabView {
  return {
    id: row.id,
    course: row.courseId,
    name: row.name,
    description: row.description,
    status: row.status,
    joinCode: row.joinCode,
    createdAt: row.createdAt.toISOString(),
    openedAt: row.openedAt?.toISOString() ?? null,
    closedAt: row.closedAt?.toISOString() ?? null,
    settings: labSettingsOf(row),
    retentionMonths: row.retentionMonths,
    eraseAt: eraseAtOf(row)?.toISOString() ?? null,
    erasedAt: row.erasedAt?.toISOString() ?? null,
  };
}
