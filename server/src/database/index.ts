export { openDatabase, type Database, type OpenDatabase, type Queryable } from './client.js';
export { nextRev } from './log.js';
export { migrate } from './migrate.js';
