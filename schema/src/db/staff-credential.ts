import { index, pgTable, text } from 'drizzle-orm/pg-core';
import { createdAt, instantAt } from './columns.js';
import { staffUser } from './staff-user.js';

/** How an account signs in (better-auth's `account`): a password hash now, OIDC later. */
export const staffCredential = pgTable(
  'staff_credential',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    providerId: text('provider_id').notNull(),
    userId: text('user_id')
      .notNull()
      .references(() => staffUser.id, { onDelete: 'cascade' }),
    accessToken: text('access_token'),
    refreshToken: text('refresh_token'),
    idToken: text('id_token'),
    accessTokenExpiresAt: instantAt('access_token_expires_at'),
    refreshTokenExpiresAt: instantAt('refresh_token_expires_at'),
    scope: text('scope'),
    password: text('password'),
    createdAt: createdAt(),
    updatedAt: instantAt('updated_at').notNull().defaultNow(),
  },
  (table) => [index('staff_credential_user').on(table.userId)],
);
