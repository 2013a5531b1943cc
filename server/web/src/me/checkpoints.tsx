import { useCallback } from 'react';
import type { MeView, MyCheckpoint } from '@nbpulse/schema/wire';
import { Icon } from '../shell/icons.js';
import { size } from '../shell/time.js';
import { ListSection } from './listed.js';
import type { OwnApi } from './own-api.js';
import { ownTime } from './own-time.js';
import { StoredNotebook } from '../notebook/stored-notebook.js';
import { useList } from './use-list.js';

export function Checkpoints({ api, me, version }: { api: OwnApi; me: MeView; version: number }) {
  const listed = useList(
    useCallback((signal: AbortSignal) => api.checkpoints(signal), [api]),
    version,
  );
  return (
    <ListSection title="Checkpoints" n={me.counts.checkpoints} listed={listed} part="Your checkpoints">
      {({ checkpoints }) =>
        checkpoints.length === 0 ? (
          <p className="q2">None. A checkpoint is your notebook as it was when you pressed “Send checkpoint”.</p>
        ) : (
          <ul className="me-rows">
            {checkpoints.map((checkpoint) => (
              <Checkpoint key={checkpoint.id} api={api} checkpoint={checkpoint} />
            ))}
          </ul>
        )
      }
    </ListSection>
  );
}

function Checkpoint({ api, checkpoint }: { api: OwnApi; checkpoint: MyCheckpoint }) {
  const { id } = checkpoint;
  const read = useCallback((signal?: AbortSignal) => api.checkpointNotebook(id, signal), [api, id]);
  const at = ownTime.full(Date.parse(checkpoint.madeAt));
  return (
    <li>
      <Icon name="flag" />
      <span className="grow">
        <time dateTime={checkpoint.madeAt}>{at}</time>{' '}
        <span className="q3 sm">
          {size(checkpoint.bytes)}, sha256 <span className="mono">{checkpoint.sha256.slice(0, 12)}…</span>
        </span>
      </span>
      <StoredNotebook
        title={`Checkpoint of ${at}`}
        about={`${size(checkpoint.bytes)}, sha256 ${checkpoint.sha256}`}
        filename={`checkpoint ${checkpoint.madeAt.slice(0, 16).replace(':', '.')}.ipynb`}
        read={read}
      />
    </li>
  );
}
