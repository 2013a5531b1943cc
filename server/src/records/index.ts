export { ownRecordView, recordView, type EventRow, type RecordRow } from './view.js';
export { previewColumns, recordColumns } from './columns.js';
export { byParticipant, deleteRecords, emptyRecords, type DeleteDeps } from './delete.js';
export { recordRoutes } from './routes.js';
export { oneRecord, pictureType } from './read.js';
