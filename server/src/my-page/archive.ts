/**
 * `GET /me/archive`: everything that is stored about one participant, as a zip that is made while it is read (zip-download.ts).
 * What is erased meanwhile is left out.
 */
import { TokenBuckets, type ParticipantCaller } from '../access/index.js';
import { checkpointBytes } from '../checkpoints/index.js';
import { refuse, type ProblemReply } from '../http/index.js';
import { blobChunks, fileTime, zipDownload } from '../zip/index.js';
import { ownPictures } from './archive-pictures.js';
import { archiveReadme } from './archive-readme.js';
import { recordsJson } from './archive-records.js';
import { aboutMe, submissionFiles, type ArchiveDeps } from './archive-me.js';
import { ownCheckpoints } from './stored.js';

const archivesOfOne = { perSecond: 1 / 30, burst: 5 };

export function archives(deps: ArchiveDeps): (caller: ParticipantCaller) => Promise<Response | ProblemReply> {
  const rate = new TokenBuckets(archivesOfOne);
  return async ({ participantId, deviceId }) => {
    const retryAfterMs = rate.take(participantId);
    if (retryAfterMs > 0) {
      const message = 'This was downloaded several times just now. Wait half a minute, then try again.';
      return refuse(429, 'too-fast', message, { retryAfterMs });
    }
    const me = await aboutMe(deps.db, participantId, deviceId);
    const zip = zipDownload(`nbpulse-${me.writtenAt.slice(0, 10)}.zip`, 'making an archive');
    zip.addText('README.txt', archiveReadme(me));
    zip.addText('me.json', `${JSON.stringify(me, null, 2)}\n`);
    zip.add('records.json', () => Promise.resolve(recordsJson(deps.db, participantId)));
    for (const { sha256, file } of await ownPictures(deps.db, participantId)) {
      zip.add(file, () => blobChunks(deps.blobs, sha256), { compress: false });
    }
    for (const { id, receivedAt } of await ownCheckpoints(deps.db, participantId)) {
      zip.add(`checkpoints/${fileTime(receivedAt)}-${id.slice(0, 8)}.ipynb`, async () => {
        const found = await checkpointBytes(deps, { participantId }, id);
        return found ? [found.bytes] : [];
      });
    }
    for (const { number, sha256, executedSha256, about } of await submissionFiles(deps, participantId)) {
      zip.addText(`submissions/${number}.json`, `${JSON.stringify(about, null, 2)}\n`);
      zip.add(`submissions/${number}.ipynb`, () => blobChunks(deps.blobs, sha256));
      if (executedSha256 !== null) {
        zip.add(`submissions/${number}.executed.ipynb`, () => blobChunks(deps.blobs, executedSha256));
      }
    }
    zip.addText('trials.json', `${JSON.stringify(await deps.trialsOf(deps.db, participantId), null, 2)}\n`);
    return zip.end();
  };
}
