export { createAuth, type Auth, type AuthOptions, type StaffSession } from './auth.js';
export { linkUrl, makeLink } from './links.js';
export { accountRoutes, type AccountDeps } from './routes.js';
export { keepSecret } from './secret.js';
