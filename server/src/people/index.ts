export { isSending } from './sending.js';
export { peopleRoutes, type PeopleDeps } from './routes.js';
export { nameKey } from './name.js';
export type { MeSources } from './me.js';
export { addDevice, addParticipant, joinReplyOf, placeFor, takePlace, teachersOf } from './join.js';
