export { openIngest, type Ingest, type IngestDeps, type Taken } from './ingest.js';
export { ingestRoutes } from './routes.js';
export { compareQuestionKeys, positionAmong } from './question-order.js';
