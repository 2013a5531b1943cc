import { useLab } from '../../class/lab-context.js';
import { useNames } from '../../class/names.js';
import { Dialog } from '../../shell/dialog.js';
import { Link } from '../../shell/link.js';
import { count } from '../../shell/time.js';
import { Picture } from '../../values/picture.js';
import type { Tile } from './tiles.js';

interface LargePictureProps {
  tiles: readonly Tile[];
  at: number;
  go: (to: number) => void;
  close: () => void;
}
/** One picture as large as the window lets it be, and who sent it. Arrows walk through all of the wall. */
export function LargePicture({ tiles, at, go, close }: LargePictureProps) {
  const { session, time } = useLab();
  const { nameOf } = useNames();
  const tile = tiles[at];
  if (!tile) return null;
  const step = (by: number): void => go((at + by + tiles.length) % tiles.length);
  return (
    <Dialog title={`${String(at + 1)} of ${count(tiles.length, 'picture')}`} onClose={close} className="large-picture">
      <div
        onKeyDown={(event) => {
          if (event.key === 'ArrowRight') step(1);
          else if (event.key === 'ArrowLeft') step(-1);
        }}
      >
        <Picture
          key={tile.sha256}
          lab={session.lab}
          sha256={tile.sha256}
          words={`${tile.records[0]?.summary ?? 'Picture'}, sent by ${tile.records.map((one) => nameOf(one.participant, 'somebody who left')).join(', ')}`}
        />
        <p className="q2 who">
          {tile.records.map((record, index) => (
            <span key={record.id}>
              {index > 0 && ', '}
              <Link to={{ page: 'student', lab: session.lab, participant: record.participant }}>
                {nameOf(record.participant, 'somebody who left')}
              </Link>{' '}
              <span className="q3">{time.short(Date.parse(record.madeAt))}</span>
            </span>
          ))}
        </p>
        <div className="foot">
          <button type="button" className="btn" onClick={() => step(-1)} disabled={tiles.length < 2}>
            Previous<kbd>←</kbd>
          </button>
          <button type="button" className="btn" onClick={() => step(1)} disabled={tiles.length < 2} autoFocus>
            Next<kbd>→</kbd>
          </button>
          <span className="grow" />
          <button type="button" className="btn" onClick={close}>
            Close<kbd>Esc</kbd>
          </button>
        </div>
      </div>
    </Dialog>
  );
}
