export { openIngest, type Ingest, type IngestDeps } from './ingest.js';
export { ingestRoutes } from './routes.js';
export type { Taken } from './taken.js';
