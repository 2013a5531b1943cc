/** The calls of a student's own page, each with the token of this browser. */
import {
  joinReply,
  meView,
  myActivity,
  myCheckpoints,
  myDevices,
  myQuestionRecords,
  myQuestions,
  recordFrame,
  recordView,
} from '@nbpulse/schema/wire';
import { z } from 'zod';
import { request, requestFile, requestText } from '../api/request.js';

const at = encodeURIComponent;
const nothing = z.unknown();

export const openPage = (code: string) => request('me/open', joinReply, { method: 'POST', body: { code } });
export const comeBack = (who: { code: string; name: string; returnCode: string }) =>
  request('join', joinReply, { method: 'POST', body: { ...who, device: { kind: 'browser', label: 'Own page' } } });

export type OwnApi = ReturnType<typeof ownApi>;
export function ownApi(token: string) {
  return {
    me: (signal?: AbortSignal) => request('me', meView, { token, signal }),
    switchSending: (sending: boolean) => request('me', meView, { token, method: 'PATCH', body: { sending } }),
    questions: (signal?: AbortSignal) => request('me/questions', myQuestions, { token, signal }),
    records: (question: string, page: { limit: number; offset: number }, signal?: AbortSignal) =>
      request(
        `me/questions/${at(question)}/records?limit=${String(page.limit)}&offset=${String(page.offset)}`,
        myQuestionRecords,
        { token, signal },
      ),
    record: (id: string) => request(`me/records/${at(id)}`, recordView, { token }),
    deleteRecord: (id: string) => request(`me/records/${at(id)}`, nothing, { token, method: 'DELETE' }),
    frame: (record: string) => request(`me/records/${at(record)}/frame`, recordFrame, { token, method: 'POST' }),
    picture: (sha256: string) => requestFile(`me/blobs/${sha256}`, { token }),
    activity: (limit: number, signal?: AbortSignal) =>
      request(`me/activity?limit=${String(limit)}`, myActivity, { token, signal }),
    checkpoints: (signal?: AbortSignal) => request('me/checkpoints', myCheckpoints, { token, signal }),
    devices: (signal?: AbortSignal) => request('me/devices', myDevices, { token, signal }),
    checkpointNotebook: (id: string, signal?: AbortSignal) =>
      requestText(`me/checkpoints/${at(id)}/notebook`, { token, signal }),
    submissionNotebook: (id: string, signal?: AbortSignal) =>
      requestText(`me/submissions/${at(id)}/notebook`, { token, signal }),
    executedNotebook: (id: string, signal?: AbortSignal) =>
      requestText(`me/submissions/${at(id)}/executed`, { token, signal }),
    archive: () => requestFile('me/archive', { token }),
    leave: () => request('me/device', nothing, { token, method: 'DELETE' }),
  };
}
