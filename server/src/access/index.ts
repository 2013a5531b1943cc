export { labErasedWords, openAccess, type Access, type Denied, type Scope } from './access.js';
export { revokeDevices } from './devices.js';
export type { Caller, ParticipantCaller, StaffCaller } from './caller.js';
export { TokenBuckets, type BucketSize } from './token-buckets.js';
export { hashToken, makeCode, makeToken } from './tokens.js';
export type { FindStaff, StaffIdentity } from './staff.js';
