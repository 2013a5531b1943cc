import { z } from 'zod';
import { linkSignIn, linkView, sessionView, staffLinkCreate, staffLinkReply } from '@nbpulse/schema/wire';
import type { Database } from '../database/index.js';
import { defineRoute, ProblemReply, refuse, type Route } from '../http/index.js';
import type { Auth } from './auth.js';
import { linkUrl, makeLink } from './links.js';
import { signInByLink, viewLink } from './link-sign-in.js';
import { sessionViewOf } from './session-view.js';

export interface AccountDeps {
  db: Database;
  auth: Auth;
  /** Where browsers reach this server; a link starts with it. */
  publicUrl: string;
}

const linkParams = z.object({ token: z.string().min(1).max(200) });
const signInFirst = () => refuse(401, 'not-signed-in', 'Nobody is signed in in this browser. Sign in first.');

export function accountRoutes({ db, auth, publicUrl }: AccountDeps): Route[] {
  return [
    defineRoute(
      {
        method: 'get',
        path: '/session',
        access: 'signed-in',
        summary: 'Who is signed in, and their courses',
        tag: 'Accounts',
        reply: sessionView,
      },
      async ({ context }) => {
        const found = await auth.refreshSession(context.req.raw.headers);
        const view = found && (await sessionViewOf(db, found.session.user.id));
        if (!found || !view) return signInFirst();
        for (const cookie of found.cookies) context.header('set-cookie', cookie, { append: true });
        return context.json(view);
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/links/{token}',
        access: 'link-holder',
        summary: 'What an unused one-time link is for',
        tag: 'Accounts',
        params: linkParams,
        reply: linkView,
      },
      ({ params }) => viewLink(db, params.token),
    ),
    defineRoute(
      {
        method: 'post',
        path: '/links/{token}',
        access: 'link-holder',
        summary: 'Use a one-time link: make the account or set its password, and sign in',
        tag: 'Accounts',
        params: linkParams,
        body: linkSignIn,
        reply: sessionView,
      },
      async ({ params, body, context }) => {
        const done = await signInByLink({ db, auth }, params.token, body, context.req.raw.headers);
        if (done instanceof ProblemReply) return done;
        const view = await sessionViewOf(db, done.userId);
        if (!view) return signInFirst();
        for (const cookie of await auth.signIn(done.email, body.password)) {
          context.header('set-cookie', cookie, { append: true });
        }
        return context.json(view);
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/courses/{course}/staff/links',
        access: 'owner',
        summary: 'A one-time link for a colleague: 24 hours, works once',
        tag: 'Accounts',
        params: z.object({ course: z.uuid() }),
        body: staffLinkCreate,
        reply: staffLinkReply,
        status: 201,
      },
      async ({ params, body }) => {
        const link = await makeLink(db, {
          purpose: 'invite',
          email: body.email,
          courseId: params.course,
          role: body.role,
        });
        return { url: linkUrl(publicUrl, link.token), expiresAt: link.expiresAt.toISOString() };
      },
    ),
  ];
}
