export { labRoutes, type LabDeps } from './routes.js';
export { logReader, type LogSource } from './log.js';
export { createLab } from './change-lab.js';
