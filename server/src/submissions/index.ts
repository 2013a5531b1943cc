export { submissionMoves, type MoveDeps } from './moved.js';
export { submissionRoutes } from './routes.js';
export { chosenAssignment, whyNoHandIn } from './taken.js';
export type { SubmitDeps } from './submit.js';
export { findSubmissions, isLate, ownSubmissions, submissionChanges, submissionsOfLab, type Known } from './views.js';
