export { gradebookRoutes } from './routes.js';
