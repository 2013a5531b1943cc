export { openSweeper, type Sweeper } from './sweeper.js';
export { removalRoutes } from './routes.js';
