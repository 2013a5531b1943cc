export { openLive, type LiveDeps, type OpenLive } from './open-live.js';
export type { Live } from './hub.js';
