/** Groups of answers and known mistakes, over the API. */
import { groupEdited, mistakeForgotten, questionGroups, type GroupEdit } from '@nbpulse/schema/wire';
import { z } from 'zod';
import { request } from '../api/request.js';

const at = encodeURIComponent;
const pathOf = (lab: string, question: string): string => `labs/${at(lab)}/questions/${at(question)}/groups`;

export const readGroups = (lab: string, question: string, signal: AbortSignal) =>
  request(pathOf(lab, question), questionGroups, { signal });
export const editGroups = (lab: string, question: string, edit: GroupEdit) =>
  request(pathOf(lab, question), groupEdited, { method: 'POST', body: edit });
export const forgetMistake = (course: string, mistake: string) =>
  request(`courses/${at(course)}/mistakes/${at(mistake)}`, mistakeForgotten, { method: 'DELETE' });
export const recallMistake = (course: string, undo: string) =>
  request(`courses/${at(course)}/mistakes/recall`, z.unknown(), { method: 'POST', body: { undo } });
