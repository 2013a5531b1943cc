export type { Caller, ParticipantCaller, StaffCaller } from './caller.js';
