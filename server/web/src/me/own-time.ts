import { timeWords } from '../shell/time.js';

/** A student reads in their own zone; the course's is for the class. */
export const ownTime = timeWords(Intl.DateTimeFormat().resolvedOptions().timeZone);
