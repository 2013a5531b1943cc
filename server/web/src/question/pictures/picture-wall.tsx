/** Pictures as they were sent, on white. A click picks, Enter opens large, arrows walk; what is picked can be put together. */
import '../../styles/wall.css';
import { useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useLab } from '../../class/lab-context.js';
import { useNames } from '../../class/names.js';
import type { RecordsView } from '../../api/labs.js';
import { isGrouped, MovedOn, useGroupTools } from '../../groups/index.js';
import { Icon } from '../../shell/icons.js';
import { Mark } from '../../shell/marks.js';
import { count } from '../../shell/time.js';
import { Picture } from '../../values/picture.js';
import { useGrowing } from '../growing.js';
import type { Group } from '../question-feed.js';
import { LargePicture } from './large-picture.js';
import { stepTo, wallOf, type Tile, type WallGroup } from './tiles.js';
import { useTileSize } from './use-tile-size.js';

const answerOf = (group: Group) => (isGrouped(group) ? group.answer : null);

export function PictureWall({ groups, view }: { groups: readonly Group[]; view: RecordsView }) {
  const { nameOf } = useNames();
  const tools = useGroupTools();
  const [size, setSize] = useTileSize();
  const { together, single } = useMemo(
    () => wallOf(groups, (group) => (answerOf(group)?.name ?? null) !== null),
    [groups],
  );
  const { shown, more } = useGrowing(single);
  const headed = useMemo(() => new Set(together.map(({ group }) => group)), [together]);
  const tiles = useMemo(() => [...together.flatMap((one) => one.tiles), ...shown], [together, shown]);
  const [open, setOpen] = useState<string | null>(null);
  const [walked, setWalked] = useState<string | null>(null);
  const wall = useRef<HTMLDivElement>(null);
  const current = tiles.find((tile) => tile.key === walked) ?? tiles[0];
  const large = tiles.findIndex((tile) => tile.key === open);

  const press = (event: KeyboardEvent, tile: Tile): void => {
    if (event.key === 'Enter') {
      event.preventDefault();
      setOpen(tile.key);
      return;
    }
    const elements = [...(wall.current?.querySelectorAll<HTMLElement>('.pic') ?? [])];
    const boxes = elements.map((element) => element.getBoundingClientRect());
    const to = stepTo(boxes, tiles.indexOf(tile), event.key);
    if (to === null) return;
    event.preventDefault();
    elements[to]?.focus();
  };
  const tileOf = (tile: Tile) => {
    const names = tile.records.map((record) => nameOf(record.participant, 'somebody who left'));
    const picked = tools?.picked.has(tile.group.hash) === true;
    const summary = tile.records[0]?.summary ?? 'Picture';
    const who = names.length === 1 ? (names[0] ?? '') : `${String(names.length)} alike: ${names.join(', ')}`;
    return (
      <li key={tile.key} className={picked ? 'picked' : ''}>
        <button
          type="button"
          className="pic"
          tabIndex={tile === current ? 0 : -1}
          aria-pressed={picked}
          aria-label={`${who}; ${summary}. Enter opens it large`}
          onFocus={() => setWalked(tile.key)}
          onKeyDown={(event) => press(event, tile)}
          onClick={() => {
            if (tools && isGrouped(tile.group) && tile.group.answer) tools.pick(tile.group);
            else setOpen(tile.key);
          }}
          onDoubleClick={() => setOpen(tile.key)}
        >
          <WallPicture sha256={tile.sha256} />
          <span className="cut">
            {tile.group.verdict !== null && <Mark name={tile.group.verdict} size={12} said />}{' '}
            {names.length > 1 && <b>{names.length} alike </b>}
            {names.join(', ')}
          </span>
        </button>
        {isGrouped(tile.group) && !headed.has(tile.group) && <MovedOn group={tile.group} view={view} />}
        <button type="button" className="btn small enlarge" tabIndex={-1} onClick={() => setOpen(tile.key)}>
          Large<span className="vh">: {who}</span>
        </button>
      </li>
    );
  };
  return (
    <div className="wall-section" style={{ ['--tile' as string]: `${String(size)}px` }} ref={wall}>
      <div className="row wall-head q3 sm">
        <label className="row">
          Size
          <input
            type="range"
            min={120}
            max={420}
            step={20}
            value={size}
            onChange={(event) => setSize(event.target.valueAsNumber)}
          />
        </label>
        <span className="wall-keys">
          click picks, <kbd>↵</kbd> opens large, <kbd>←</kbd> <kbd>→</kbd> walk
        </span>
      </div>
      <div className="wall-groups">
        {together.map((one) => (
          <section key={one.group.hash} className="wall-group" aria-label={headOf(one)}>
            <WallGroupHead wall={one} view={view} />
            <ul className="wall">{one.tiles.map(tileOf)}</ul>
          </section>
        ))}
        {shown.length > 0 && (
          <section className="wall-group" aria-label="One of a kind">
            {together.length > 0 && (
              <header className="row">
                <b className="n">{single.length}</b> <h3>{single.length === 1 ? 'by itself' : 'by themselves'}</h3>
              </header>
            )}
            <ul className="wall">{shown.map(tileOf)}</ul>
            {more}
          </section>
        )}
      </div>
      {large !== -1 && (
        <LargePicture
          tiles={tiles}
          at={large}
          go={(to) => setOpen(tiles[to]?.key ?? null)}
          close={() => setOpen(null)}
        />
      )}
    </div>
  );
}
const headOf = ({ group }: WallGroup): string =>
  answerOf(group)?.name ?? `${count(group.records.length, 'picture')} together`;

/** Decoded off the main thread, and only near the window. */
function WallPicture({ sha256 }: { sha256: string }) {
  const { session } = useLab();
  return <Picture lab={session.lab} sha256={sha256} words="" />;
}

function WallGroupHead({ wall, view }: { wall: WallGroup; view: RecordsView }) {
  const tools = useGroupTools();
  const { group } = wall;
  const answer = answerOf(group);
  return (
    <header className="row">
      <b className="n">{group.records.length}</b>
      <h3>{answer?.name ?? 'together'}</h3>
      {answer?.known && <span className="tag">known since {answer.known.since.lab}</span>}
      {isGrouped(group) && <MovedOn group={group} view={view} />}
      <span className="grow" />
      {tools && answer && isGrouped(group) && (
        <>
          <button type="button" className="btn quiet small" onClick={() => tools.name(group)}>
            Name…<span className="vh"> {headOf(wall)}</span>
          </button>
          {answer.how === 'by-hand' && (
            <button
              type="button"
              className="btn quiet small"
              onClick={() => tools.edit.do({ edit: 'reset', group: answer.id }, 'Each picture by itself again.')}
            >
              <Icon name="redo" />
              Apart<span className="vh"> {headOf(wall)}</span>
            </button>
          )}
        </>
      )}
    </header>
  );
}
