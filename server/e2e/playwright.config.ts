import { defineConfig } from '@playwright/test';
import { chromiumOptions } from './chromium.js';

/** The real thing end to end: `npm start`, JupyterLab and the teacher's pages in Chromium. One worker: the machine has two cores. */
export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  workers: 1,
  fullyParallel: false,
  timeout: 180_000,
  expect: { timeout: 20_000 },
  forbidOnly: Boolean(process.env['CI']),
  outputDir: '../../test-results',
  use: {
    viewport: { width: 1440, height: 900 },
    launchOptions: chromiumOptions,
    screenshot: 'only-on-failure',
    trace: 'off',
  },
});
