/**
 * What our JupyterLab starts with: no question about news over the student's panel at the first start. What a person sets
 * afterwards stays.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @param {string} folder JUPYTERLAB_SETTINGS_DIR */
export function writeFirstSettings(folder) {
  const plugin = join(folder, '@jupyterlab', 'apputils-extension');
  const file = join(plugin, 'notification.jupyterlab-settings');
  if (existsSync(file)) return;
  mkdirSync(plugin, { recursive: true });
  writeFileSync(file, `${JSON.stringify({ fetchNews: 'false', checkForUpdates: false }, null, 2)}\n`);
}
