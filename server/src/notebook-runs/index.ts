export { notebookRunRoutes, type NotebookRunDeps } from './routes.js';
export { solutionFiles, solutionJobs, type SolutionJobDeps } from './solution-jobs.js';
export { notebookRunChanges, notebookRunsOf, notebookRunView, type NotebookRunRow } from './view.js';
