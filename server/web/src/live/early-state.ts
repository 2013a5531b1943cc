/**
 * Imported before everything else: the address says which lab, so its state is asked for before the rest of the program has even
 * started. Nothing here may import what takes time to start, such as the messages' shapes.
 */
import { apiUrl, pagePath, routeOf } from '../address.js';

export const statePath = (lab: string): string => `labs/${encodeURIComponent(lab)}/state/columns`;

function begin(): { lab: string; response: Promise<Response | null> } | null {
  const route = routeOf(pagePath());
  if (!('lab' in route)) return null;
  const response = fetch(apiUrl(statePath(route.lab)), { credentials: 'same-origin' }).catch(() => null);
  return { lab: route.lab, response };
}
let begun = typeof location === 'undefined' ? null : begin();

/** What was asked for at the start, once; null: nothing, another lab's, or the server gave no state (nobody was signed in then). */
export async function takeEarlyState(lab: string): Promise<Response | null> {
  const early = begun;
  begun = null;
  const response = early?.lab === lab ? await early.response : null;
  return response?.ok === true ? response : null;
}
