export { checkJobs } from './check-jobs.js';
export { keepExecuted } from './executed.js';
export { failuresAlike } from './failures.js';
export { feedbackOf } from './feedback.js';
export { gradeFiles, gradeJobs, type GradeJobDeps } from './grade-jobs.js';
export { storable } from './storable.js';
export { queueRun, reportsOf, runsOf, verdictOf, type RunState } from './runs.js';
