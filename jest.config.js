// Jest tests the extension (the other parts have Vitest): JupyterLab's own packages are built for it.
export default {
  roots: ['<rootDir>/extension/src'],
  testMatch: ['**/*.test.ts', '**/*.test.tsx'],
  testEnvironment: 'node',
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
