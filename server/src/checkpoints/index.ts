export { checkpointBytes, checkpointChanges, sha256Of, type CheckpointDeps } from './checkpoints.js';
export { badNotebook, checkpointRoutes, notebookResponse } from './routes.js';
export { uploadOf, type Upload } from './upload.js';
