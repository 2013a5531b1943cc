/** Live, put together: the hub, its ear for other processes, and the sockets. */
import { lab } from '@nbpulse/schema/db';
import type { LabLog } from '@nbpulse/schema/wire';
import { eq } from 'drizzle-orm';
import type { Access, Denied, ParticipantCaller } from '../access/index.js';
import { databaseFault, revChannel, type Database, type OpenDatabase } from '../database/index.js';
import { isOwnOrigin, reportFault } from '../http/index.js';
import type { Ingest } from '../ingest/index.js';
import { systemClock } from './clock.js';
import { Hub, type Live } from './hub.js';
import type { OwnSubmission } from './room.js';
import { liveSockets, type LiveSockets } from './socket.js';

export interface LiveDeps {
  database: OpenDatabase;
  readLog: (labId: string, since: number) => Promise<LabLog>;
  ownSubmission: OwnSubmission;
}

export interface OpenLive extends Live {
  /** Listens for what other processes commit. Resolves when it does. */
  listen(): Promise<void>;
  sockets(deps: { access: Access; take: Ingest['take']; publicUrl: string | null }): LiveSockets;
}

export function openLive({ database: { db, listen }, readLog, ownSubmission }: LiveDeps): OpenLive {
  const failed = (error: unknown): void => {
    if (databaseFault(error) !== 'away') reportFault(error, 'live');
  };
  const readRev = async (labId: string): Promise<number> => (await readLab(db, labId))?.rev ?? 0;
  const hub = new Hub({ readLog, readRev, ownSubmission, clock: systemClock, failed });

  return {
    announce: hub.announce,
    tell: hub.tell,
    endDevices: hub.endDevices,
    seen: hub.seen,
    presenceOf: hub.presenceOf,
    async listen() {
      // The second callback runs again whenever the connection was lost and is back.
      await listen(
        revChannel,
        (payload) => hub.notified(payload),
        () => void hub.lookAgain(),
      );
    },
    sockets({ access, take, publicUrl }) {
      return liveSockets({
        hub,
        clock: systemClock,
        readLog,
        readLab: (labId) => readLab(db, labId),
        participant: (token): Promise<ParticipantCaller | Denied> => access.participant(token),
        async staff(headers, labId) {
          if (!isOwnOrigin(headers, publicUrl)) {
            const message = 'This socket was opened by a page of another site. Use the server’s own pages.';
            return { denied: 403, problem: { error: 'not-allowed', message } };
          }
          const caller = await access.check('assistant', headers, { labId });
          if ('denied' in caller) return caller;
          if (caller.kind !== 'staff') throw new Error('the rule lets staff in only');
          return caller;
        },
        take,
        isAway(error) {
          const away = databaseFault(error) === 'away';
          if (!away) reportFault(error, 'the live socket');
          return away;
        },
      });
    },
  };
}

async function readLab(db: Database, labId: string) {
  const [row] = await db
    .select({ id: lab.id, name: lab.name, status: lab.status, rev: lab.rev })
    .from(lab)
    .where(eq(lab.id, labId));
  return row ?? null;
}
