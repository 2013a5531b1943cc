export { readBody } from './body.js';
export { defineRoute, type Route, type RouteInput, type RouteSpec } from './route.js';
export { ProblemReply, refuse } from './problem-reply.js';
export { reportFault, reportFaultsTo } from './fault-report.js';
export { mountRoutes, problemResponse, type MountDeps } from './mount.js';
export { openApiDocument } from './openapi.js';
export { isOwnOrigin } from './origin.js';
