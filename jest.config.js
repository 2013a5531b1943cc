/** Jest tests the extension: jsdom, sources as they stand, TypeScript by swc. */
export default {
  rootDir: 'extension',
  testEnvironment: 'jsdom',
  testMatch: ['<rootDir>/src/**/*.test.ts', '<rootDir>/src/**/*.test.tsx'],
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  transform: {
    '^.+\\.(t|j|mj)sx?$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript', tsx: true, decorators: true }, target: 'es2022' },
        module: { type: 'commonjs' },
      },
    ],
  },
  // JupyterLab's packages are ES modules.
  transformIgnorePatterns: [
    '/node_modules/(?!(@jupyterlab|@jupyter|@lumino|lib0|y-protocols|y-websocket|yjs|idb|@nbpulse|@microsoft|@rjsf|exenv-es6|nanoid)/)',
  ],
};
