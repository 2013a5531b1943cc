export { SendingSwitch } from './sending-switch.js';
export { Stored } from './stored.js';
export { Leave, TakeAlong } from './ways-out.js';
