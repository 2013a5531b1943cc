export { recordView, type EventRow, type RecordRow } from './view.js';
export { previewColumns, recordColumns } from './columns.js';
export { recordRoutes } from './routes.js';
