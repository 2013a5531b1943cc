export { jobsBefore } from './place.js';
export { addJob, dropJob, nothing, openQueue, type AfterCommit, type Job, type JobKind, type Queue } from './queue.js';
export { workerRoutes, type WorkerDeps } from './routes.js';
export { gradingIsOn, isWorkerToken, makeWorkerToken } from './worker-tokens.js';
