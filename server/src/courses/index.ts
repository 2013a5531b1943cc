export { courseRoutes } from './routes.js';
export { timeZoneProblem } from './time-zone.js';
