export { openDatabase, type Database, type OpenDatabase, type Queryable } from './client.js';
export { brokenUnique, databaseCode, databaseFault, type DatabaseFault } from './fault.js';
export { nextRev, revChannel, tellOthers, type Announce } from './log.js';
export { migrate } from './migrate.js';
export { prepared } from './prepared.js';
export { TooLate, within } from './within.js';
