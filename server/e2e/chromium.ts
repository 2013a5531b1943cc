/** How Chromium is started by everything here that opens a page: tests, benches, pictures. Debian's, unless NBPULSE_CHROMIUM names one. */
import type { LaunchOptions } from '@playwright/test';

export const chromiumOptions: LaunchOptions = {
  executablePath: process.env['NBPULSE_CHROMIUM'] ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};
