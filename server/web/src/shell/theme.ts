/** Light, dark, or what the system says; kept per browser. */
const key = 'nbpulse-theme';
type Theme = 'light' | 'dark';
const isTheme = (text: unknown): text is Theme => text === 'light' || text === 'dark';

export function restoreTheme(): void {
  try {
    const kept = localStorage.getItem(key);
    if (isTheme(kept)) document.documentElement.dataset['theme'] = kept;
  } catch {
    // Storage is off: the system's theme it is.
  }
}
const isDark = (): boolean => {
  const chosen = document.documentElement.dataset['theme'];
  return isTheme(chosen) ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
};
export function switchTheme(): void {
  const theme: Theme = isDark() ? 'light' : 'dark';
  document.documentElement.dataset['theme'] = theme;
  try {
    localStorage.setItem(key, theme);
  } catch {
    // It holds until the page is closed.
  }
}
