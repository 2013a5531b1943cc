export { maxQuestionsPerLab, positionAmong } from './question-order.js';
