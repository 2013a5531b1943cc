export { participantView, type ParticipantRow } from './participant-view.js';
export { questionColumns, questionView, type QuestionRow } from './question-view.js';
