/** The assignments of a course, and what their checks found. */
import { assignmentDetail, assignmentView } from '@nbpulse/schema/wire';
import { z } from 'zod';
import { request } from '../api/request.js';

const at = encodeURIComponent;
const assignmentList = z.object({ assignments: z.array(assignmentView) });

export const readAssignments = (course: string, signal: AbortSignal) =>
  request(`courses/${at(course)}/assignments`, assignmentList, { signal });
export const readAssignment = (course: string, slug: string, signal?: AbortSignal) =>
  request(`courses/${at(course)}/assignments/${at(slug)}`, assignmentDetail, signal ? { signal } : {});
export const checkAgain = (course: string, slug: string) =>
  request(`courses/${at(course)}/assignments/${at(slug)}/check`, assignmentDetail, { method: 'POST', body: {} });
