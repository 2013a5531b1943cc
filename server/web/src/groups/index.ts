export { CodeAnswers } from './code-answers.js';
export { GroupList } from './group-list.js';
export { GroupTools, NearRule, useGroupTools } from './group-tools.js';
export { isGrouped } from './grouped.js';
export { MovedOn } from './moved-on.js';
export { useGroups } from './use-groups.js';
