export { createAuth, type Auth, type AuthOptions, type StaffSession } from './auth.js';
export { hashToken, linkUrl, makeLink, makeToken } from './links.js';
export { accountRoutes, type AccountDeps } from './routes.js';
export { keepSecret } from './secret.js';
