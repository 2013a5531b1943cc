/** Checks a route's rule against who calls and against the lab or course that the route names. */
import { eq, sql } from 'drizzle-orm';
import { worker } from '@nbpulse/schema/db';
import { roleReaches, second, type AccessRule, type Problem, type ProblemCode } from '@nbpulse/schema/wire';
import type { Database } from '../database/index.js';
import type { Caller, ParticipantCaller, StaffCaller } from './caller.js';
import { Devices, type FoundDevice } from './devices.js';
import { roleInCourse, standingInLab, type FindStaff } from './staff.js';
import { hashToken } from './tokens.js';

/** Refused, in words: a status and the problem to send with it. */
export interface Denied {
  denied: 401 | 403 | 404 | 410;
  problem: Problem;
}

/** What the route's path names. */
export interface Scope {
  labId?: string | undefined;
  courseId?: string | undefined;
}

export interface Access {
  /** The caller, or why not. Looks at headers and path only: a body is read after this. */
  check(rule: AccessRule, headers: Headers, scope: Scope): Promise<Caller | Denied>;
  /** The same for a token that came in a socket's first message. */
  participant(token: string): Promise<ParticipantCaller | Denied>;
  /** Call it when devices were revoked or a lab was deleted. */
  forget(which: { deviceIds?: string[]; labId?: string }): void;
}

const workerTouchMs = 10 * second;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function openAccess(db: Database, findStaff: FindStaff): Access {
  const devices = new Devices(db);
  const workerSeen = new Map<string, number>();

  const participant = async (token: string): Promise<ParticipantCaller | Denied> => {
    const found = await devices.find(token);
    return found.is === 'known' ? found.caller : refusedDevice(found);
  };

  const staff = async (rule: AccessRule, headers: Headers, scope: Scope): Promise<StaffCaller | Denied> => {
    const identity = await findStaff(headers);
    if (!identity) {
      const token = bearer(headers);
      if (token !== null && (await devices.find(token)).is === 'known') {
        return deny(
          403,
          'not-allowed',
          'This is for staff of the course. A participant can read only what is their own: GET /api/v1/me.',
        );
      }
      return deny(401, 'not-signed-in', 'You are not signed in. Sign in on the server’s page, then try again.');
    }
    const caller: StaffCaller = { kind: 'staff', ...identity, role: null, courseId: null, labId: null };
    if (rule === 'signed-in') return caller;
    if (rule === 'admin') {
      return caller.admin
        ? caller
        : deny(403, 'not-allowed', 'This is for the administrator of this server. Ask whoever runs it.');
    }
    if (rule !== 'assistant' && rule !== 'teacher' && rule !== 'owner')
      throw new Error(`${rule} is not a rule for staff`);

    if (scope.labId !== undefined) {
      const standing = uuid.test(scope.labId) ? await standingInLab(db, identity.userId, scope.labId) : null;
      if (!standing) return deny(404, 'not-found', 'There is no lab with this address. Open it from the list of labs.');
      if (standing.role === null) {
        return deny(
          403,
          'not-allowed',
          'This lab belongs to a course whose staff you are not. Its owner can invite you.',
        );
      }
      if (!standing.sharesLab) {
        return deny(403, 'not-allowed', 'This lab is not shared with you. A teacher of the course can share it.');
      }
      if (!roleReaches(standing.role, rule)) return tooLow(standing.role, rule);
      if (standing.deletedAt) return labDeleted();
      return { ...caller, role: standing.role, courseId: standing.courseId, labId: standing.labId };
    }
    const courseId = scope.courseId ?? '';
    const role = uuid.test(courseId) ? await roleInCourse(db, identity.userId, courseId) : null;
    if (role === null) {
      return deny(
        403,
        'not-allowed',
        'You are not staff of this course, or there is no such course. Its owner can invite you.',
      );
    }
    if (!roleReaches(role, rule)) return tooLow(role, rule);
    return { ...caller, role, courseId };
  };

  const workerCaller = async (headers: Headers): Promise<Caller | Denied> => {
    const token = bearer(headers);
    const [row] =
      token === null
        ? []
        : await db
            .select()
            .from(worker)
            .where(eq(worker.tokenHash, hashToken(token)))
            .limit(1);
    if (!row)
      return deny(
        401,
        'bad-token',
        'This needs a worker’s token. The server prints how to make one: nbpulse worker token.',
      );
    if (row.revokedAt)
      return deny(401, 'bad-token', 'This worker’s token was revoked. Make a new one and start the worker with it.');
    const now = Date.now();
    if (now - (workerSeen.get(row.id) ?? 0) > workerTouchMs) {
      workerSeen.set(row.id, now);
      await db
        .update(worker)
        .set({ lastSeenAt: sql`now()` })
        .where(eq(worker.id, row.id));
    }
    return { kind: 'worker', workerId: row.id, name: row.name };
  };

  return {
    participant,
    forget: (which) => devices.forget(which),
    async check(rule, headers, scope) {
      switch (rule) {
        case 'public':
        case 'link-holder':
          return { kind: 'nobody' };
        case 'participant': {
          const token = bearer(headers);
          if (token === null) {
            return deny(401, 'bad-token', 'This needs the token that joining a lab gave: authorization: Bearer ….');
          }
          const caller = await participant(token);
          if ('denied' in caller) return caller;
          if (scope.labId !== undefined && scope.labId !== caller.labId) {
            return deny(403, 'not-allowed', 'This token belongs to another lab. Join this lab with its own code.');
          }
          return caller;
        }
        case 'worker':
          return workerCaller(headers);
        default:
          return staff(rule, headers, scope);
      }
    },
  };
}

/** The token of `authorization: Bearer …`, or null. */
function bearer(headers: Headers): string | null {
  const match = /^Bearer +([\x21-\x7e]{1,200})$/i.exec(headers.get('authorization') ?? '');
  return match?.[1] ?? null;
}

function deny(denied: Denied['denied'], error: ProblemCode, message: string): Denied {
  return { denied, problem: { error, message } };
}

/** The erase date was told at joining. */
export const labErasedWords =
  'The erase date of this lab has come: its records, notebooks and names were erased. Nothing more can be sent or read.';

function labDeleted(): Denied {
  return deny(
    410,
    'lab-deleted',
    'This lab was deleted, with all that was sent to it. Nothing more can be sent or read.',
  );
}

function tooLow(role: string, needed: string): Denied {
  return deny(
    403,
    'not-allowed',
    `This needs the role ${needed} in the course; yours is ${role}. Ask an owner of the course.`,
  );
}

function refusedDevice(found: Exclude<FoundDevice, { is: 'known' }>): Denied {
  switch (found.is) {
    case 'lab-deleted':
      return labDeleted();
    case 'lab-erased':
      return deny(410, 'lab-deleted', labErasedWords);
    case 'erased':
      return deny(
        401,
        'bad-token',
        'Everything about you in this course was erased by its teacher. Nothing is stored any more; to take part again, join with the lab’s code.',
      );
    case 'removed':
      return deny(
        401,
        'bad-token',
        'You were removed from this lab by its teacher. Ask them, or join again with the lab’s code.',
      );
    case 'revoked':
      return deny(
        401,
        'bad-token',
        'This computer was signed out of the lab. Join again with the lab’s code and your return code.',
      );
    case 'expired':
      return deny(
        401,
        'bad-token',
        'This computer was last used for this lab more than 180 days ago. Join again with your return code.',
      );
    case 'unknown':
      return deny(
        401,
        'bad-token',
        'This token is not known here. Join the lab again with its code and your return code.',
      );
    default:
      return found.is satisfies never;
  }
}
