export { recordsTableRoutes } from './routes.js';
