export { myPageRoutes } from './routes.js';
