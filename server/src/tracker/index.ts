export { openTracker, type Tracker, type TrackerDeps } from './doors.js';
