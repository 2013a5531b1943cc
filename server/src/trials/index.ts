export { trialRoutes } from './routes.js';
export { trialFiles, trialJobs } from './trial-jobs.js';
export { ownTrials } from './views.js';
