export { eraseAtOf, labSettingsOf, labTermsOf } from './lab-terms.js';
