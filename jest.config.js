// Jest tests the extension (the other parts have Vitest): JupyterLab's own packages are built for it.
const shared = {
  roots: ['<rootDir>/extension/src'],
  transform: {
    '^.+\\.tsx?$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript', tsx: true }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
  moduleNameMapper: {
    '^@nbpulse/schema/wire$': '<rootDir>/schema/src/wire/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
};

export default {
  // A deadline, not a measure: a loaded machine is slow, not wrong.
  testTimeout: 60_000,
  projects: [
    {
      ...shared,
      displayName: 'logic',
      testEnvironment: 'node',
      testMatch: ['**/*.test.ts'],
      testPathIgnorePatterns: ['\\.page\\.test\\.ts$'],
    },
    // What draws on a page needs one.
    { ...shared, displayName: 'page', testEnvironment: 'jsdom', testMatch: ['**/*.page.test.ts'] },
  ],
};
