import { defineConfig } from '@playwright/test';
import base from '../playwright.config.js';

/** Run by `npm run test:matrix`, which makes the environments and names them in NBPULSE_MATRIX. */
export default defineConfig(base, {
  testDir: '.',
  testMatch: '*.matrix.ts',
  reporter: 'list',
  timeout: 240_000,
  expect: { timeout: 40_000 },
});
