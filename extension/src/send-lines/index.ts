export { questionOf } from './calls.js';
export { planNumbers, type NumberPlan } from './number.js';
