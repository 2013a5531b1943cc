export { peopleRoutes, type PeopleDeps } from './routes.js';
export { participantView, nameKey } from './view.js';
export type { MeSources } from './me.js';
