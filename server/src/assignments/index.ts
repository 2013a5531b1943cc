export { readAssignmentFolder } from './folder.js';
export { assignmentsToTry } from './to-try.js';
export { linkToLab } from './lab-links.js';
export type { Checked } from './manifest.js';
export { askForCheck, pushAssignment } from './push.js';
export { assignmentRoutes, type AssignmentDeps } from './routes.js';
export {
  labAssignments,
  newestVersions,
  trialSuiteOf,
  versionOf,
  versionsOf,
  type AssignmentVersion,
  type LinkedAssignment,
} from './versions.js';
export { versionToGradeBy, type VersionChoice } from './version-choice.js';
