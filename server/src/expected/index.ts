export { answerHash } from './answer-hash.js';
export { readLabJudge, type LabJudge } from './lab-judge.js';
export { expectedRoutes } from './routes.js';
export { setExpected, setTemplateAnswers, type ExpectedDeps, type ExpectedSet } from './set-expected.js';
