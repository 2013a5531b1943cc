/** `POST /add-session` and `POST /add-part`: a lab whose door is on, and the parts that its notebooks may name. */
import { and, desc, eq, isNull, ne } from 'drizzle-orm';
import type { Context } from 'hono';
import { courseStaff, lab } from '@nbpulse/schema/db';
import { labCreate, labSettings } from '@nbpulse/schema/wire';
import type { Access, StaffCaller } from '../access/index.js';
import { ProblemReply } from '../http/index.js';
import { createLab, patchLab, type ChangeLabDeps } from '../labs/index.js';
import { labSettingsOf } from '../lab-terms/index.js';
import { say, type Said } from './say.js';

/** In the course that the caller last made a lab in; open unless another one of this name is. */
export async function addSession(
  deps: ChangeLabDeps,
  staff: StaffCaller,
  text: URLSearchParams,
  basePath: string,
): Promise<Said> {
  const { db } = deps;
  const wanted = labCreate.safeParse({ name: text.get('name') ?? '', description: text.get('description') ?? '' });
  if (!wanted.success || /\0/.test(wanted.data.name + wanted.data.description)) {
    return say(400, `Error: ${wanted.error?.issues[0]?.message ?? 'The name has characters that cannot be stored'}`);
  }
  const [course] = await db
    .select({ id: courseStaff.courseId })
    .from(courseStaff)
    .leftJoin(lab, and(eq(lab.courseId, courseStaff.courseId), isNull(lab.deletedAt)))
    .where(and(eq(courseStaff.userId, staff.userId), ne(courseStaff.role, 'assistant')))
    // Without a lab yet: null, which Postgres puts first when it goes downwards; the newest course is what was meant.
    .orderBy(desc(lab.createdAt), desc(courseStaff.createdAt))
    .limit(1);
  if (!course) return say(403, 'Error: You teach no course on this server');
  const [open] = await db
    .select({ id: lab.id })
    .from(lab)
    .where(
      and(eq(lab.courseId, course.id), eq(lab.name, wanted.data.name), eq(lab.status, 'open'), isNull(lab.deletedAt)),
    )
    .limit(1);
  const made = await createLab(db, course.id, wanted.data);
  if (made instanceof ProblemReply) return say(made.status, `Error: ${made.body.message}`);
  const opened = await patchLab(deps, made.id, {
    settings: { trackerDoor: true },
    ...(open ? {} : { status: 'open' as const }),
  });
  if (opened instanceof ProblemReply) return say(opened.status, `Error: ${opened.body.message}`);
  return say(302, 'Session added', { location: `${basePath}labs/${made.id}` });
}

const partKeys = ['session_id', 'name', 'description', 'number'];

export async function addPart(
  deps: ChangeLabDeps,
  access: Access,
  context: Context,
  text: URLSearchParams,
): Promise<Said> {
  const given = [...new Set(text.keys())];
  if (given.length !== partKeys.length || !partKeys.every((key) => text.has(key))) {
    return say(400, 'Error: Incorrect keys');
  }
  const labId = text.get('session_id') ?? '';
  const may = await access.check('teacher', context.req.raw.headers, { labId });
  if ('denied' in may) return say(400, 'Error: Wrong ownership');
  const name = (text.get('name') ?? '').trim();
  const [row] = await deps.db.select({ settings: lab.settings }).from(lab).where(eq(lab.id, labId));
  if (!row) return say(400, 'Error: Wrong ownership');
  const { parts } = labSettingsOf(row);
  if (name === 'default' || parts.includes(name)) return say(400, 'Error: Part with name exists');
  // Its number is its place; the parts begin with the default one, which is number 1.
  const place = Math.max(0, Math.min(parts.length, Number.parseInt(text.get('number') ?? '', 10) - 2 || parts.length));
  const settings = labSettings.partial().safeParse({ parts: parts.toSpliced(place, 0, name) });
  if (!settings.success || name.includes('\0')) {
    return say(400, `Error: ${settings.error?.issues[0]?.message ?? 'The name has characters that cannot be stored'}`);
  }
  const patched = await patchLab(deps, labId, { settings: settings.data });
  return patched instanceof ProblemReply
    ? say(patched.status, `Error: ${patched.body.message}`)
    : say(200, 'Part added');
}
