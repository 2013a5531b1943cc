/** Paths of our icons and status marks, drawn for a 16 px square; the shapes are the product's status vocabulary. */
const icons = {
  check: '<path d="m3.5 8.5 3 3 6-7"/>',
  clock: '<circle cx="8" cy="8" r="5.5"/><path d="M8 5v3.2l2 1.3"/>',
  cross: '<path d="m4.5 4.5 7 7m0-7-7 7"/>',
  flag: '<path d="M4 14V2.5h7.5L9.5 5.5l2 3H4"/>',
  up: '<path d="M8 12.5v-9M4.5 7 8 3.5 11.5 7"/>',
  left: '<path d="m9.5 5-3 3 3 3"/>',
} as const;
export type IconName = keyof typeof icons;

export function iconSvg(name: IconName): string {
  return `<svg class="nbp-Icon" viewBox="0 0 16 16" aria-hidden="true">${icons[name]}</svg>`;
}

export const logoSvg =
  '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 22 18"><g class="jp-icon3" fill="none" stroke="#616161" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"><path fill="none" d="M5 1.5H1.5v15H5M17 1.5h3.5v15H17"/><path fill="none" d="M4.5 9.5h3l2-5 3 9 1.8-4h3.2"/></g></svg>';
export const checkSvg =
  '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16"><path class="nbp-stroke" fill="none" stroke="#616161" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" d="m3.5 8.5 3 3 6-7"/></svg>';
export const flagSvg =
  '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16"><path class="nbp-stroke" fill="none" stroke="#616161" stroke-width="1.5" stroke-linejoin="round" d="M4 14V2.5h7.5L9.5 5.5l2 3H4"/></svg>';
export const upSvg =
  '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16"><path class="nbp-stroke" fill="none" stroke="#616161" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" d="M8 12.5v-9M4.5 7 8 3.5 11.5 7"/></svg>';

/** Status marks by form as well as colour; `nbp-…` classes give the colours of both themes. */
export const markPaths: Record<string, string> = {
  'not-started': '<circle cx="8" cy="8" r="1.6" class="nbp-f-none"/>',
  working:
    '<rect x="2" y="2" width="12" height="12" rx="2.5" class="nbp-s-work" stroke-width="1.5"/><path d="M2.5 8h11v4a1.5 1.5 0 0 1-1.5 1.5H4A1.5 1.5 0 0 1 2.5 12z" class="nbp-f-work"/>',
  reached:
    '<rect x="2" y="2" width="12" height="12" rx="2.5" class="nbp-s-work" stroke-width="1.5"/><circle cx="8" cy="8" r="2" class="nbp-f-work"/>',
  answered: '<rect x="1.5" y="1.5" width="13" height="13" rx="2.5" class="nbp-f-done"/>',
  right:
    '<rect x="1.5" y="1.5" width="13" height="13" rx="2.5" class="nbp-f-right"/><path d="m4.7 8.3 2.3 2.3 4.4-5" class="nbp-s-right-on" stroke-width="1.9" stroke-linecap="round" stroke-linejoin="round"/>',
  wrong:
    '<path d="M3.5 1.5H9.5L14.5 6.5V12.5a2 2 0 0 1-2 2H3.5a2 2 0 0 1-2-2V3.5a2 2 0 0 1 2-2z" class="nbp-f-wrong"/><path d="m5.2 6 5 5m0-5-5 5" class="nbp-s-wrong-on" stroke-width="1.9" stroke-linecap="round"/>',
  error:
    '<rect x="2.25" y="2.25" width="11.5" height="11.5" rx="2" class="nbp-s-error" stroke-width="1.8"/><path d="M4.8 8h6.4" class="nbp-s-error" stroke-width="2.2"/>',
};

/** Presence: online is a disc, offline a dash, sending off two bars, not joined a ring. */
export const presencePaths = {
  online: '<circle cx="4" cy="4" r="3.5" class="nbp-f-right"/>',
  offline: '<path d="M1 4h6" class="nbp-s-ink" stroke-width="1.5"/>',
  none: '<circle cx="4" cy="4" r="2.9" class="nbp-s-ink" stroke-width="1.3"/>',
  off: '<path d="M2.4 1v6M5.6 1v6" class="nbp-s-ink" stroke-width="1.8"/>',
  closed: '<rect x="0.5" y="0.5" width="7" height="7" rx="1.5" class="nbp-f-ink"/>',
} as const;
export type PresenceMark = keyof typeof presencePaths;
