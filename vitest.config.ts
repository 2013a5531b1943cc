import { defineConfig } from 'vitest/config';

/** Sources are tested as they stand: the workspaces' `source` export condition, no build first. */
export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: ['{schema,sandbox,server}/**/*.test.{ts,tsx}'],
    exclude: ['**/node_modules/**', '**/dist/**', 'server/e2e/**'],
    globalSetup: ['server/test/global-setup.ts'],
    // Deadlines of tests only end what hangs: a machine that is busy with other work is slow, not wrong.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000, interval: 20 } },
    pool: 'forks',
    maxWorkers: 2,
  },
});
