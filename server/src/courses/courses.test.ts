import { describe, expect, it } from 'vitest';
import { useClassroom } from '../../test/classroom.js';
import { timeZoneProblem } from './index.js';

const room = useClassroom();

describe('an assistant', () => {
  it('sees the labs that a teacher shares, as long as they are shared', async () => {
    const assistant = await room.addStaff('assistant');
    const state = () => assistant.get(`/labs/${room.lab.id}/state`);
    const share = `/labs/${room.lab.id}/assistants/${assistant.userId}`;
    expect((await state()).status).toBe(403);
    expect((await assistant.request('PUT', share)).status).toBe(403);
    const teacher = await room.addStaff('teacher');
    expect((await teacher.request('PUT', share)).status).toBe(204);
    expect((await teacher.request('PUT', share)).status).toBe(204);
    expect((await state()).status).toBe(200);

    const { staff } = (await (await teacher.get(`/courses/${room.course}/staff`)).json()) as { staff: unknown[] };
    expect(staff).toContainEqual(
      expect.objectContaining({ user: assistant.userId, role: 'assistant', labs: [room.lab.id] }),
    );
    expect(staff).toContainEqual(expect.objectContaining({ user: teacher.userId, role: 'teacher', labs: null }));
    expect((await assistant.get(`/courses/${room.course}/staff`)).status).toBe(403);

    expect((await teacher.request('DELETE', share)).status).toBe(204);
    expect((await state()).status).toBe(403);
    expect((await teacher.request('PUT', `/labs/${room.lab.id}/assistants/${teacher.userId}`)).status).toBe(404);
  });
});

describe('a time zone', () => {
  it.each(['Europe/Zurich', 'Asia/Calcutta', 'Asia/Kolkata', 'UTC'])('%s is one', (zone) => {
    expect(timeZoneProblem(zone)).toBeNull();
  });
  it.each(['', 'Zurich', '+02:00', 'Europe/Zurich ', 'x'.repeat(1_000)])('%j is none', (zone) => {
    expect(timeZoneProblem(zone)).toContain('is not a time zone');
  });
});
