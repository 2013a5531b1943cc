export { defineRoute, type Route, type RouteInput, type RouteSpec } from './route.js';
export { ProblemReply, refuse } from './problem-reply.js';
