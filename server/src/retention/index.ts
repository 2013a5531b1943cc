export { openRetention, type Retention } from './retention.js';
export { retentionRoutes } from './routes.js';
