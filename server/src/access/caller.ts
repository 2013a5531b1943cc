import type { StaffRole } from '@nbpulse/schema/wire';

/** Who calls, as proved by a token or cookie. A staff caller's role is the one in the course (or lab) that the route names. */
export type Caller =
  | { kind: 'nobody' }
  | { kind: 'participant'; participantId: string; deviceId: string; labId: string; name: string }
  | {
      kind: 'staff';
      userId: string;
      name: string;
      email: string;
      admin: boolean;
      role: StaffRole | null;
      courseId: string | null;
      labId: string | null;
    }
  | { kind: 'worker'; workerId: string; name: string };

export type ParticipantCaller = Extract<Caller, { kind: 'participant' }>;
export type StaffCaller = Extract<Caller, { kind: 'staff' }>;
