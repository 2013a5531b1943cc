export { siteApp, type SiteDeps } from './site.js';
