/** The import arrows of docs/architecture.md, enforced. */
/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'schema-imports-no-sibling',
      severity: 'error',
      from: { path: '^schema/' },
      to: { path: '^(server|sandbox|extension)/' },
    },
    {
      name: 'wire-is-browser-safe',
      comment: 'wire runs in browsers: no drizzle, no Node',
      severity: 'error',
      from: { path: '^schema/src/wire/' },
      to: { path: '^(schema/src/db|node_modules/(drizzle-orm|postgres))' },
    },
    {
      name: 'wire-no-node-core',
      severity: 'error',
      from: { path: '^schema/src/wire/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'extension-only-wire',
      severity: 'error',
      from: { path: '^extension/' },
      to: { path: '^(server|sandbox|schema/src/db)' },
    },
    {
      name: 'sandbox-only-wire',
      severity: 'error',
      from: { path: '^sandbox/' },
      to: { path: '^(server|extension|schema/src/db)' },
    },
    {
      name: 'web-only-wire',
      severity: 'error',
      from: { path: '^server/web/' },
      to: { path: '^(server/(src|cli)|sandbox|extension|schema/src/db)' },
    },
    {
      name: 'only-the-worker-imports-sandbox',
      comment: 'the web process never runs student code, nor loads what could',
      severity: 'error',
      from: { path: '^server/src/', pathNot: '^server/src/worker(\\.ts|/)' },
      to: { path: '^sandbox/' },
    },
    {
      name: 'features-by-their-front-file',
      comment: "a feature folder imports another's front file (index.ts), never its internals",
      severity: 'error',
      from: { path: '^server/src/([^/]+)/' },
      to: { path: '^server/src/([^/]+)/.+', pathNot: ['^server/src/$1/', '^server/src/[^/]+/index\\.ts$'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|lib|labextension)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['source', 'import', 'types', 'default'] },
  },
};
