/** What a teacher's page knows, asked over the API with the session of a signed-in browser. */
import { expect, type APIRequestContext } from '@playwright/test';
import {
  labListItem,
  sessionView,
  timeline,
  labState,
  type LabListItem,
  type LabState,
  type RecordView,
  type Timeline,
} from '@nbpulse/schema/wire';
import { z } from 'zod';
import type { Started } from './started.js';

export const teacher = { name: 'Dorothy Vaughan', email: 'dorothy@example.org', password: 'correct horse battery' };

export class TeacherApi {
  constructor(
    private readonly request: APIRequestContext,
    private readonly server: string,
  ) {}

  /** Uses the one-time link of a first start, as the page does. */
  async signInByLink(started: Started): Promise<void> {
    const token = new URL(started.teacherLink).hash.slice(1);
    const reply = await this.request.post(`${this.server}/api/v1/links/${token}`, {
      headers: { origin: this.server },
      data: { ...teacher, handle: 'dorothy', course: { name: 'Machine Learning I', timeZone: 'Europe/Zurich' } },
    });
    expect(reply.ok(), await reply.text()).toBe(true);
  }

  async signIn(): Promise<void> {
    const { email, password } = teacher;
    const reply = await this.request.post(`${this.server}/api/v1/auth/sign-in/email`, {
      headers: { origin: this.server },
      data: { email, password },
    });
    expect(reply.ok(), await reply.text()).toBe(true);
  }

  /** Signs the teacher out everywhere else. */
  async endOtherSessions(): Promise<void> {
    const reply = await this.request.post(`${this.server}/api/v1/auth/revoke-other-sessions`, {
      headers: { origin: this.server },
      data: {},
    });
    expect(reply.ok(), await reply.text()).toBe(true);
  }

  async get(path: string): Promise<unknown> {
    const reply = await this.request.get(`${this.server}/api/v1/${path}`);
    expect(reply.ok(), `${path}: ${await reply.text()}`).toBe(true);
    return reply.json();
  }

  async labs(): Promise<LabListItem[]> {
    const { courses } = sessionView.parse(await this.get('session'));
    const lists = await Promise.all(
      courses.map(
        async ({ id }) => z.object({ labs: z.array(labListItem) }).parse(await this.get(`courses/${id}/labs`)).labs,
      ),
    );
    return lists.flat();
  }

  async state(lab: string): Promise<LabState> {
    return labState.parse(await this.get(`labs/${lab}/state`));
  }

  async timeline(lab: string, name: string): Promise<Timeline> {
    const { participants } = await this.state(lab);
    const participant = participants.find((one) => one.name === name);
    if (!participant)
      throw new Error(`${name} is not in the lab; there are ${participants.map((one) => one.name).join(', ')}`);
    return timeline.parse(await this.get(`labs/${lab}/participants/${participant.id}/timeline`));
  }

  /** A student's records of one question, in the order of the timeline. */
  async records(lab: string, name: string, question: string): Promise<RecordView[]> {
    const { items } = await this.timeline(lab, name);
    return items.flatMap((item) => (item.kind === 'record' && item.record.question === question ? [item.record] : []));
  }
}
