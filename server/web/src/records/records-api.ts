/** The calls of the records page. */
import { recordsShown, recordsTable, removalView, type RemovalWanted } from '@nbpulse/schema/wire';
import { apiUrl } from '../address.js';
import { request } from '../api/request.js';

const at = encodeURIComponent;

export const readRecordsTable = (
  course: string,
  query: Record<string, string>,
  page: { before?: string | undefined; limit: number },
  signal?: AbortSignal,
) => {
  const search = new URLSearchParams({ ...query, limit: String(page.limit) });
  if (page.before !== undefined) search.set('before', page.before);
  return request(`courses/${at(course)}/records?${search.toString()}`, recordsTable, signal ? { signal } : {});
};
export const removeRecords = (lab: string, body: RemovalWanted) =>
  request(`labs/${at(lab)}/removals`, removalView, { method: 'POST', body });
export const undoRemoval = (lab: string, removal: string) =>
  request(`labs/${at(lab)}/removals/${at(removal)}/undo`, removalView, { method: 'POST' });
export const showRecords = (lab: string, which: RemovalWanted['which']) =>
  request(`labs/${at(lab)}/records/show`, recordsShown, { method: 'POST', body: { which } });
export const exportUrl = (lab: string, file: string, query: Record<string, string>): string => {
  const search = new URLSearchParams(query).toString();
  return apiUrl(`labs/${at(lab)}/export/${file}${search === '' ? '' : `?${search}`}`);
};
