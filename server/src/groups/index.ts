/** Groups of answers: which are equal or nearly so, what staff made of that, and mistakes that a course knows by name. */
export { forgetAnswers, forgetGroups } from './forget-answers.js';
export { Grouper } from './grouper.js';
export { groupRoutes } from './routes.js';
export { Snapshots } from './undo.js';
