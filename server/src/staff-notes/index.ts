export { staffNoteRoutes } from './routes.js';
export { staffNoteView } from './write-note.js';
