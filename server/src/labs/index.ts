export { labRoutes, type LabDeps } from './routes.js';
export { KeptGrids } from './kept-grids.js';
export { labView } from './lab-view.js';
export { logReader, type LogSource } from './log.js';
export { createLab, patchLab, type ChangeLabDeps } from './change-lab.js';
export { gridCells } from './grid.js';
